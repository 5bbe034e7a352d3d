"""What a visitor sees while the session store does not answer, and how the page comes back by itself.

The message stands in a fragment that Streamlit runs again every few seconds; when the store answers, the page runs. A
tab that was opened meanwhile has no session yet: it runs again when the gateway has had it connect anew.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from fluxlit_pages.errors import SessionNotIssuedError
from fluxlit_sessions import SessionError, SessionGoneError, StoreUnavailableError

if TYPE_CHECKING:
    from fluxlit_pages.page_owner import PageOwner

__all__ = ("RETRY_SECONDS", "show_session_trouble", "show_unsaved")

RETRY_SECONDS: Final = 2.0
"""How often an open page asks the store again."""

_LOG = logging.getLogger("fluxlit.pages")
_PROBE: Final = "probe"


def show_session_trouble(st: Any, owner: PageOwner, error: Exception) -> bool:
    """Show a message if a page could not run for want of its session; whether that was the reason."""
    if isinstance(error, SessionGoneError):
        _LOG.info("a page was not shown: %s", error)
        st.warning("Your session has ended, or you have logged in or out elsewhere. Reload the page to go on.")
        return True
    if isinstance(error, SessionNotIssuedError):
        _LOG.error("a page was not shown: %s", error)
        st.error("Your saved state could not be reached when this page was opened. This page comes back by itself.")
        # The gateway closes the tab's socket when the store answers: with the next one the tab gets its session.
        from fluxlit_pages.run_after_reconnect import run_after_reconnect  # noqa: PLC0415 - imports Streamlit

        run_after_reconnect()
        return True
    if isinstance(error, StoreUnavailableError):
        _LOG.error("a page was not shown: %s", error)
        st.error("Your saved state cannot be read at the moment. This page comes back by itself.")
        _come_back(st, owner)
        return True
    return False


def show_unsaved(st: Any, owner: PageOwner, error: StoreUnavailableError) -> None:
    """Say that what the visitor has just done is not stored yet; the next run stores it."""
    _LOG.error("a session could not be written, and is kept in memory until it can: %s", error)
    st.warning("Your last change is not saved yet: the storage does not answer. It will be saved as soon as it does.")
    _come_back(st, owner)


def _come_back(st: Any, owner: PageOwner) -> None:
    def look() -> None:
        if _answers(owner):
            st.rerun()

    st.fragment(look, run_every=RETRY_SECONDS)()


def _answers(owner: PageOwner) -> bool:
    try:
        owner.sessions.store.get(_PROBE)
    except SessionError:
        return False
    return True
