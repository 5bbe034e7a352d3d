"""Gives a page its URL session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxlit_sessions.url_sessions.issued import issue, issued_data, requested_id, save
from fluxlit_sessions.url_sessions.python_types import TYPES_KEY
from fluxlit_sessions.url_sessions.snapshot import storable_values
from fluxlit_sessions.url_sessions.switches import are_disabled, parameter_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxlit_sessions.protocols import SessionStore
    from fluxlit_sessions.url_sessions.streamlit_page import StreamlitPage

__all__ = ("ensure_url_session",)


def ensure_url_session(
    st: StreamlitPage,
    store: SessionStore,
    *,
    param: str | None = None,
    initial: Mapping[str, Any] | None = None,
    ttl_seconds: float | None = None,
    browser: str | None = None,
) -> str:
    """The id of the session in the address bar, or of a new one that is put there.

    Args:
        st: The `streamlit` module.
        store: Where sessions are kept.
        param: The query parameter; see `parameter_name`.
        initial: Written over what is stored. Secrets and what is not JSON are left out and named in the log.
        ttl_seconds: Seconds it lives from now, if something is written; see `SessionStore.set`.
        browser: Something that only this browser has, such as the value of an `HttpOnly` cookie. The session is
            bound to it: the same link does not open it anywhere else.

    Returns:
        The id; while URL sessions are disabled, what is in the address bar, or an empty text.
    """
    name = parameter_name(param)
    requested = requested_id(st, name)
    if are_disabled():
        return requested or ""
    given = storable_values(initial or {})
    stored = None if requested is None else issued_data(store, requested, browser)
    if requested is None or stored is None:
        return issue(st, store, name, values=given, browser=browser, ttl_seconds=ttl_seconds)
    if given:
        save(store, requested, _merged(stored, given), browser=browser, ttl_seconds=ttl_seconds)
    return requested


def _merged(stored: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given over what is stored; a value that is replaced takes its type with it."""
    types = {key: name for key, name in stored.get(TYPES_KEY, {}).items() if key not in given}
    types.update(given.get(TYPES_KEY, {}))
    merged = {**stored, **given, TYPES_KEY: types}
    if not types:
        del merged[TYPES_KEY]
    return merged
