"""What an ``on_page_error`` hook learns about a page that raised."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ("PageErrorHook", "PageFailure")


@dataclass(frozen=True, slots=True)
class PageFailure:
    """A run of a page that ended with an exception."""

    error: Exception
    path: str
    """The page's registered path; empty if the application itself could not be loaded."""
    request_id: str
    """The id that the visitor is shown and that the log line carries."""
    session_id: str
    """Streamlit's id of the browser session; empty outside one."""


PageErrorHook: TypeAlias = Callable[[PageFailure], bool | None]
"""Called in the run that failed, so it may draw with ``st``; True means that nothing else shall be shown."""
