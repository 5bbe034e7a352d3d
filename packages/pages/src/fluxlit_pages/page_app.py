"""An application with pages, as the entry script sees it; `fluxlit.FluxLit` meets it structurally."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from fluxlit_pages.page_owner import PageOwner

if TYPE_CHECKING:
    from fluxlit_pages.registry import PageRegistry

__all__ = ("PageApp",)


class PageApp(PageOwner, Protocol):
    """An application with pages."""

    @property
    def page_registry(self) -> PageRegistry:
        """The registered pages."""
        ...
