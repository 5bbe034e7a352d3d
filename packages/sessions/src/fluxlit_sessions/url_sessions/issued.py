"""Which ids are ours: those that the store knows, and, for sessions bound to a browser, in that browser alone.

An id that anyone could put into a link is not adopted: else an attacker would choose the id under which a victim's
state is stored, and read it from there (session fixation).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Any, cast

from fluxlit_sessions.identifiers import new_session_id
from fluxlit_sessions.url_sessions.snapshot import logger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxlit_sessions.protocols import SessionStore
    from fluxlit_sessions.url_sessions.streamlit_page import StreamlitPage

__all__ = ("issue", "issued_data", "requested_id", "save")

# Keys with two underscores never come from a page, see `session_values`.
_BROWSER = "__browser__"

# Ours are 43 of these characters; others may have been issued by `store.set` with an id of the caller's.
_POSSIBLE_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


def requested_id(st: StreamlitPage, name: str) -> str | None:
    """The id in the address bar, whoever put it there."""
    value: object = st.query_params.get(name)
    if isinstance(value, list):  # a stand-in of a test, or of an old Streamlit
        value = next(iter(cast("list[object]", value)), None)
    return value if isinstance(value, str) and value else None


def issued_data(store: SessionStore, sid: str, browser: str | None) -> dict[str, Any] | None:
    """What is stored under an id; `None` if the server did not issue it, it has expired, or is of another browser."""
    # A store may be anyone's, one file per session for example: what could be a path never gets there.
    data = store.get(sid) if _POSSIBLE_ID.fullmatch(sid) else None
    if data is None:
        return None
    bound = data.get(_BROWSER)
    if bound is None:
        return data
    if browser is not None and isinstance(bound, str) and hmac.compare_digest(bound, _fingerprint(browser)):
        return data
    logger.warning("the URL session in the address is bound to another browser and is not used")
    return None


def save(
    store: SessionStore, sid: str, values: Mapping[str, Any], *, browser: str | None, ttl_seconds: float | None
) -> None:
    """Store what `storable_values` made of a page's under an id of ours, bound to the browser if there is one."""
    binding = {} if browser is None else {_BROWSER: _fingerprint(browser)}
    store.set(sid, {**values, **binding}, ttl_seconds=ttl_seconds)


def issue(
    st: StreamlitPage,
    store: SessionStore,
    name: str,
    *,
    values: Mapping[str, Any],
    browser: str | None,
    ttl_seconds: float | None,
) -> str:
    """Store the values under a fresh id and put that into the address bar."""
    sid = new_session_id()
    save(store, sid, values, browser=browser, ttl_seconds=ttl_seconds)
    try:
        st.query_params[name] = sid
    except Exception:  # noqa: BLE001 - documented: a page that cannot change its address goes on without
        logger.warning("the URL session could not be put into the query parameter %r", name, exc_info=True)
    return sid


def _fingerprint(browser: str) -> str:
    return hashlib.sha256(browser.encode("utf-8", "surrogatepass")).hexdigest()
