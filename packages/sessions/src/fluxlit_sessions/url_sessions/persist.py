"""Writes a page's state into its URL session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxlit_sessions.errors import SessionTooLargeError
from fluxlit_sessions.url_sessions.issued import issue, issued_data, requested_id, save
from fluxlit_sessions.url_sessions.snapshot import logger, state_snapshot
from fluxlit_sessions.url_sessions.switches import are_disabled, parameter_name

if TYPE_CHECKING:
    from fluxlit_sessions.protocols import SessionStore
    from fluxlit_sessions.url_sessions.streamlit_page import StreamlitPage

__all__ = ("persist_url_session",)


def persist_url_session(
    st: StreamlitPage,
    store: SessionStore,
    *,
    param: str | None = None,
    ttl_seconds: float | None = None,
    browser: str | None = None,
) -> str | None:
    """Store `st.session_state` under the id in the address bar, in place of what is stored there.

    Left out, and named in the log: secrets and values that are neither JSON nor pydantic models. Left out quietly: keys
    that begin with two underscores, and widgets whose value only the browser may set (buttons, uploads, data editors).
    A page never fails for what it has in its state: what cannot be written is a warning in the log.

    Args:
        st: The `streamlit` module.
        store: Where sessions are kept.
        param: The query parameter; see `parameter_name`.
        ttl_seconds: Seconds it lives from now; see `SessionStore.set`.
        browser: See `ensure_url_session`.

    Returns:
        The id under which the state is stored: a new one, put into the address bar, if the server did not issue the one
        that was there. `None` without an id in the address bar or while disabled.

    Raises:
        StoreUnavailableError: The store does not answer; nothing was written.
    """
    if are_disabled():
        return None
    name = parameter_name(param)
    sid = requested_id(st, name)
    if sid is None:
        return None
    if issued_data(store, sid, browser) is None:
        sid = issue(st, store, name, values={}, browser=browser, ttl_seconds=ttl_seconds)
    try:
        values = state_snapshot(st)
    except Exception:  # noqa: BLE001 - documented: whatever a page's state raises when read, the page goes on
        logger.warning("the URL session was not written: session_state cannot be read", exc_info=True)
        return sid
    try:
        save(store, sid, values, browser=browser, ttl_seconds=ttl_seconds)
    except SessionTooLargeError as error:
        logger.warning("the URL session was not written: %s", error)
    return sid
