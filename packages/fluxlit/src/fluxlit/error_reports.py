"""One hook for what nobody has caught: in routes, in the gateway's process, and in pages, in a sidecar's.

Lifecycle: hooks are registered with `app.on_error` when the application's module is imported, in each process anew.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from fluxlit_pages import PageRegistry
    from fluxlit_pages.page_failure import PageFailure

__all__ = ("ErrorHook", "ErrorHooks", "ErrorReport")

_LOGGER = logging.getLogger("fluxlit.api")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorReport:
    """An exception that ended a request or the run of a page."""

    error: Exception
    kind: Literal["route", "page"]
    """Where it was raised."""
    path: str
    """Of the request, or the page's registered one."""
    request_id: str
    """The id in the log lines, in the answer's `X-Request-ID` and on the page that the visitor sees."""
    method: str = ""
    """The HTTP method, `WEBSOCKET` for one; empty for a page."""
    session_id: str = ""
    """Streamlit's id of the browser session; empty for a route."""


ErrorHook: TypeAlias = Callable[[ErrorReport], Any]
"""Told about errors; what it returns is not looked at, and what it raises is logged."""


class ErrorHooks:
    """The hooks of one application.

    Attributes:
        registered: The hooks; each request looks whether there are any.
    """

    def __init__(self, pages: PageRegistry) -> None:
        """Hear of the errors of `pages` as soon as there is a hook."""
        self._pages = pages
        self.registered: list[ErrorHook] = []

    def add(self, hook: ErrorHook) -> None:
        """Call `hook` from now on."""
        if not self.registered:
            self._pages.on_page_error(self._page_failed)
        self.registered.append(hook)

    def tell(self, report: ErrorReport) -> None:
        """Call every hook."""
        for hook in self.registered:
            try:
                hook(report)
            except Exception:
                _LOGGER.exception("an on_error hook raised; request %s", report.request_id)

    def _page_failed(self, failure: PageFailure) -> None:
        self.tell(
            ErrorReport(
                error=failure.error,
                kind="page",
                path=failure.path,
                request_id=failure.request_id,
                session_id=failure.session_id,
            )
        )
