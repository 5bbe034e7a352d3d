"""What pages need of the object that owns them: the application without its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxlit_sessions import Sessions, SessionStore

__all__ = ("PageOwner", "PageSettings")


class PageSettings(Protocol):
    """The settings that pages read."""

    @property
    def title(self) -> str:
        """Name of the application, in the browser tab and the manifest."""
        ...

    @property
    def streamlit_page_config(self) -> Mapping[str, Any]:
        """Arguments of ``st.set_page_config`` for all pages."""
        ...

    @property
    def strict_page_signatures(self) -> bool:
        """Whether a page's parameters are checked where it is registered."""
        ...

    @property
    def experimental_yield_pages(self) -> bool:
        """Whether page functions may be generators."""
        ...


class PageOwner(Protocol):
    """What page functions can ask for."""

    @property
    def settings(self) -> PageSettings:
        """The application's settings; page parameters annotated with their type get them."""
        ...

    @property
    def urls(self) -> object:
        """The application's public addresses; page parameters annotated with their type get them."""
        ...

    @property
    def session_store(self) -> SessionStore | None:
        """The store that page parameters annotated with `SessionStore` get."""
        ...

    @property
    def sessions(self) -> Sessions:
        """The visitors' sessions; pages that take a `Session` or a `SessionState` get theirs."""
        ...

    def get_client(self) -> Any:
        """A client of the application's own API, cheap enough to be made for each run."""
        ...
