"""The Streamlit side of FluxLit: what runs in a worker for each run of the script.

Importing this package does not import Streamlit; its modules `entry_run`, `page_menu` and `page_runner` do.
"""

from typing import Any, Protocol

from fluxlit_pages.page_meta import PageMeta
from fluxlit_pages.streamlit.page_config import build_set_page_config_kwargs

__all__ = ("PageFn", "StreamlitSessionFacade", "build_set_page_config_kwargs")


class PageFn(Protocol):
    """The plainest page function."""

    def __call__(self, st: Any, client: Any, /) -> PageMeta | None:
        """Draw the page."""
        ...


class StreamlitSessionFacade(Protocol):
    """What session helpers need of Streamlit."""

    @property
    def query_params(self) -> Any:
        """Query parameters of the address."""
        ...

    @property
    def session_state(self) -> Any:
        """Values of the browser's session."""
        ...
