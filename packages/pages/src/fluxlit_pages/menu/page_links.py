"""From one page to another, by registered path; a page parameter annotated with `PageLinks` gets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, Protocol, cast

from fluxlit_pages.errors import PageInjectionError
from fluxlit_pages.page_record import page_slug

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fluxlit_pages.menu.menu_plan import Menu

__all__ = ("PageLinks",)


class _RegistryWithMenu(Protocol):
    @property
    def menu(self) -> Menu: ...


class _AppWithMenu(Protocol):
    @property
    def page_registry(self) -> _RegistryWithMenu: ...


class PageLinks:
    """Links between the pages of one application.

    Example:
        >>> def page(st: Any, links: PageLinks) -> None:
        ...     links.link("/reports", label="All reports")
        ...     if st.button("Newest"):
        ...         links.switch("/report", query={"id": "5"})
    """

    def __init__(self, st: Any, app: object) -> None:
        """Bind to a run.

        Args:
            st: The Streamlit module.
            app: The application; its ``page_registry`` knows the pages.
        """
        menu = cast("_AppWithMenu", app).page_registry.menu
        self._st = st
        self._records = {record.slug: record for record in menu.records}
        self._default_slug = menu.default.slug if menu.default is not None else ""

    def page(self, path: str) -> Any:
        """The ``st.Page`` of a registered page, for whatever Streamlit command takes one.

        Raises:
            PageInjectionError: No page is registered there.
        """
        slug = page_slug(path)
        record = self._records.get(slug)
        if record is None:
            known = ", ".join(sorted(known.path for known in self._records.values()))
            raise PageInjectionError(f"There is no page {path!r}. Link to one of these: {known}.")
        default = slug == self._default_slug
        # Streamlit knows a page by its url_path alone; the function is the registered one already.
        return self._st.Page(
            record.fn, title=record.title, icon=record.icon, url_path="" if default else slug, default=default
        )

    def switch(self, path: str, *, query: Mapping[str, str | Sequence[str]] | None = None) -> NoReturn:
        """Go there at once (``st.switch_page``); the present query parameters are dropped."""
        self._st.switch_page(self.page(path), query_params=query)
        raise AssertionError("st.switch_page does not return")

    def link(self, path: str, **options: Any) -> Any:
        """Draw a link (``st.page_link`` with its options)."""
        return self._st.page_link(self.page(path), **options)
