"""What happens when a page raises: a log line, the application's hooks, and what the visitor sees.

In development (Streamlit's option ``client.showErrorDetails`` at ``full``, ``stacktrace`` or ``type``) the exception
goes on to Streamlit, which shows and logs it as it does for any script. With ``none``, which is what production sets,
the visitor sees a short message with the request id, and the log has the traceback with page, session and request id.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from fluxlit_client import REQUEST_ID_HEADER, get_request_id, new_request_id
from fluxlit_pages.current_page import run_of_page
from fluxlit_pages.di.request_context import header_value
from fluxlit_pages.page_failure import PageFailure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxlit_pages.page_failure import PageErrorHook

__all__ = ("current_request_id", "report_failure", "shows_details")

_LOG = logging.getLogger("fluxlit.pages")


def report_failure(error: Exception, *, path: str, hooks: Sequence[PageErrorHook] = ()) -> bool:
    """Log a failure, call the hooks and show the short message.

    Returns:
        Whether the visitor has been told; if not, raise the error on to Streamlit.
    """
    if (observed := run_of_page.get()) is not None:
        observed.failed = True
    context = get_script_run_ctx(suppress_warning=True)
    failure = PageFailure(
        error=error,
        path=path,
        request_id=current_request_id() or new_request_id(),
        session_id=context.session_id if context is not None else "",
    )
    details = shows_details()
    _LOG.error(
        "page %s failed: %s (session %s, request %s)",
        path or "(application)",
        type(error).__qualname__,
        failure.session_id,
        failure.request_id,
        # Where the error goes on to Streamlit, Streamlit logs the traceback itself.
        exc_info=None if details else error,
        extra={"page": path, "session_id": failure.session_id, "request_id": failure.request_id},
    )
    if _told_by_hook(failure, hooks):
        return True
    if details:
        return False
    st.error(f"Something went wrong on this page. If it stays so, report this id: `{failure.request_id}`")
    return True


def current_request_id() -> str | None:
    """The id of the request that this run belongs to: the context's, or the one that the gateway gave the browser."""
    return get_request_id() or header_value(st, REQUEST_ID_HEADER)


def shows_details() -> bool:
    """Whether Streamlit may show a visitor what went wrong."""
    return str(st.get_option("client.showErrorDetails")).lower() not in {"none", "false"}


def _told_by_hook(failure: PageFailure, hooks: Sequence[PageErrorHook]) -> bool:
    told = False
    for hook in hooks:
        try:
            told = bool(hook(failure)) or told
        except Exception:  # noqa: BLE001 - the user's code; the page's own failure must still be told
            _LOG.exception("an on_page_error hook raised; page %s, request %s", failure.path, failure.request_id)
    return told
