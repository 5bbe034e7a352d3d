"""From the menu as planned to ``st.navigation``; prepared once per application, used by each run."""

from __future__ import annotations

import copy
import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from fluxlit_pages.current_page import run_of_page
from fluxlit_pages.di.page_user import page_user
from fluxlit_pages.menu.link_record import LinkRecord
from fluxlit_pages.page_access import page_access
from fluxlit_pages.session_outage import show_session_trouble
from fluxlit_pages.streamlit.page_config import build_set_page_config_kwargs, page_config_of_meta
from fluxlit_pages.streamlit.page_errors import report_failure
from fluxlit_pages.streamlit.page_refusal import show_refusal
from fluxlit_pages.streamlit.page_runner import run_page_record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from streamlit.navigation.page import Page

    from fluxlit_auth import User
    from fluxlit_pages.menu.menu_plan import Menu
    from fluxlit_pages.page_access import PageAccess
    from fluxlit_pages.page_app import PageApp
    from fluxlit_pages.page_record import PageRecord

__all__ = ("NavigationPlan", "PageMaker", "plan_navigation")

# st.Page has a tooltip in recent versions of Streamlit; 1.57 has none.
_HAS_TOOLTIP = "help" in inspect.signature(st.Page.__init__).parameters


@dataclass(slots=True)
class PageMaker:
    """Makes Streamlit's page object anew for each run, because it has state of its run.

    Checking icon, title and address again each time would take most of the time of a menu, so the first object is
    kept as a pattern and copied. It can only be made within a run.
    """

    page: Any
    """The function or external address."""
    options: dict[str, Any]
    _pattern: Page | None = field(default=None, init=False)
    _is_plain: bool = field(default=False, init=False)

    def __call__(self) -> Page:
        """A page object for this run."""
        pattern = self._pattern
        if pattern is None:
            pattern = st.Page(self.page, **self.options)
            self._is_plain = _is_plain(pattern)
            self._pattern = pattern
        if not self._is_plain:
            return copy.copy(pattern)
        # What copy.copy comes to, in a third of the time; a menu has many.
        page: Page = object.__new__(type(pattern))
        page.__dict__.update(pattern.__dict__)
        return page


def _is_plain(page: object) -> bool:
    """Whether all that makes an object is in its dictionary."""
    has_slots = any("__slots__" in vars(kind) for kind in type(page).__mro__)
    return not has_slots and vars(copy.copy(page)) == vars(page)


@dataclass(frozen=True, slots=True)
class NavigationPlan:
    """What each run passes to Streamlit, ready made."""

    menu: Menu
    sections: dict[str, tuple[PageMaker, ...]]
    by_slug: dict[str, PageMaker]
    """The makers of internal pages."""
    alias: PageMaker | None
    """The default page at its own address; see `_alias`."""
    only_page: PageRecord | None
    """The page of an application that has a single one and no links: it needs no menu at all."""
    access: Mapping[str, PageAccess]
    """What each page asks for, by slug."""
    concealed: dict[str, PageMaker]
    """The makers of pages that may be closed to a user, for a menu without them."""

    def navigate(self, *, with_alias: bool, user: User | None = None) -> Page:
        """Show the menu and return the page to run.

        Args:
            with_alias: Whether the browser may be asking for the default page by its own address.
            user: Whose menu it is: pages that are not open to the user are left out of what is shown.
        """
        closed = {
            id(self.by_slug[slug]): maker
            for slug, maker in self.concealed.items()
            if not self.access[slug].admits(user)
        }
        sections = {name: [closed.get(id(make), make)() for make in makers] for name, makers in self.sections.items()}
        if with_alias and self.alias is not None:
            sections.setdefault("", []).append(self.alias())
        pages = sections[""] if sections.keys() == {""} else sections
        return st.navigation(pages, position=self.menu.position, expanded=self.menu.expanded)


def plan_navigation(app: PageApp, menu: Menu) -> NavigationPlan:
    """Prepare the menu of an application."""
    by_slug = {record.slug: _maker(app, menu, record) for record in menu.records}
    sections = {
        name: tuple(_link(entry) if isinstance(entry, LinkRecord) else by_slug[entry.slug] for entry in entries)
        for name, entries in menu.sections.items()
    }
    alias = _alias(menu.default, by_slug[menu.default.slug]) if menu.default is not None else None
    entries = [entry for group in menu.sections.values() for entry in group]
    only_page = menu.records[0] if len(entries) == 1 and menu.records else None
    access = page_access(app)
    # Pages that everybody may open need no second form.
    concealed = {
        slug: PageMaker(maker.page, {**maker.options, "visibility": "hidden"})
        for slug, maker in by_slug.items()
        if not access[slug].admits(None)
    }
    return NavigationPlan(menu, sections, by_slug, alias, only_page, access, concealed)


def _maker(app: PageApp, menu: Menu, record: PageRecord) -> PageMaker:
    default = record is menu.default
    meta = record.page_meta
    options: dict[str, Any] = {
        "title": record.title,
        "icon": record.icon or (meta.page_icon if meta is not None else None),
        # The default page leaves its own address to its alias; see _alias.
        "url_path": "" if default else record.slug,
        "default": default,
        "visibility": "hidden" if record.hidden else "visible",
    }
    if _HAS_TOOLTIP and meta is not None and meta.description:
        options["help"] = meta.description
    return PageMaker(_runner(app, record), options)


def _runner(app: PageApp, record: PageRecord) -> Callable[[], None]:
    """The function that Streamlit calls for the page.

    The page's metadata reaches ``st.set_page_config`` in one call before the page draws, laid over the application's.
    """
    base = build_set_page_config_kwargs(
        settings_title=app.settings.title, streamlit_page_config=app.settings.streamlit_page_config
    )
    config = {**base, **page_config_of_meta(record.page_meta)}
    access = page_access(app)[record.slug]
    is_open = access.admits(None)

    def run() -> None:
        if (observed := run_of_page.get()) is not None:
            observed.path = record.path
        try:
            st.set_page_config(**config)
            if not is_open and not access.admits(user := page_user(st)):
                show_refusal(record, user)
                return
            run_page_record(record, st, None, app)
        except Exception as error:
            if not show_session_trouble(st, app, error) and not report_failure(
                error, path=record.path, hooks=app.page_registry.error_hooks
            ):
                raise

    return run


def _alias(record: PageRecord, page: PageMaker) -> PageMaker:
    """A hidden page at the default page's own address, which Streamlit otherwise answers with "page not found"."""

    def go_to_root() -> None:
        parameters = {name: st.query_params.get_all(name) for name in st.query_params}
        st.switch_page(page(), query_params=parameters)

    return PageMaker(go_to_root, {"title": record.title, "url_path": record.slug, "visibility": "hidden"})


def _link(link: LinkRecord) -> PageMaker:
    return PageMaker(link.url, {"title": link.title, "icon": link.icon})
