"""From the menu as planned to ``st.navigation``; built once per application, used by each run."""

from __future__ import annotations

import functools
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from fluxlit_pages.menu.link_record import LinkRecord
from fluxlit_pages.streamlit.page_config import build_set_page_config_kwargs, page_config_of_meta
from fluxlit_pages.streamlit.page_errors import report_failure
from fluxlit_pages.streamlit.page_runner import run_page_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.navigation.page import Page

    from fluxlit_pages.menu.menu_plan import Menu
    from fluxlit_pages.page_app import PageApp
    from fluxlit_pages.page_record import PageRecord

__all__ = ("NavigationPlan", "plan_navigation")

# st.Page has had a tooltip since Streamlit 1.66.
_HAS_TOOLTIP = "help" in inspect.signature(st.Page.__init__).parameters


@dataclass(frozen=True, slots=True)
class NavigationPlan:
    """What each run passes to Streamlit, ready made."""

    menu: Menu
    sections: dict[str, tuple[Callable[[], Page], ...]]
    """Makers of Streamlit's page objects, which have state and so are made anew for each run."""
    by_slug: dict[str, Callable[[], Page]]
    """The makers of internal pages."""

    def navigate(self) -> Page:
        """Show the menu and return the page to run."""
        sections = {name: [make() for make in makers] for name, makers in self.sections.items()}
        pages = sections[""] if sections.keys() == {""} else sections
        return st.navigation(pages, position=self.menu.position, expanded=self.menu.expanded)


def plan_navigation(app: PageApp, menu: Menu) -> NavigationPlan:
    """Prepare the menu of an application."""
    by_slug = {record.slug: functools.partial(st.Page, **_page_arguments(app, menu, record)) for record in menu.records}
    sections = {
        name: [by_slug[entry.slug] if not isinstance(entry, LinkRecord) else _link(entry) for entry in entries]
        for name, entries in menu.sections.items()
    }
    if menu.default is not None:
        sections.setdefault("", []).append(_alias(menu.default, by_slug[menu.default.slug]))
    return NavigationPlan(menu, {name: tuple(makers) for name, makers in sections.items()}, by_slug)


def _page_arguments(app: PageApp, menu: Menu, record: PageRecord) -> dict[str, Any]:
    default = record is menu.default
    meta = record.page_meta
    arguments: dict[str, Any] = {
        "page": _runner(app, record),
        "title": record.title,
        "icon": record.icon or (meta.page_icon if meta is not None else None),
        # The default page leaves its own address to its alias; see _alias.
        "url_path": "" if default else record.slug,
        "default": default,
        "visibility": "hidden" if record.hidden else "visible",
    }
    if _HAS_TOOLTIP and meta is not None and meta.description:
        arguments["help"] = meta.description
    return arguments


def _runner(app: PageApp, record: PageRecord) -> Callable[[], None]:
    """The function that Streamlit calls for the page.

    The page's metadata reaches ``st.set_page_config`` in one call before the page draws, laid over the application's.
    """
    base = build_set_page_config_kwargs(
        settings_title=app.settings.title, streamlit_page_config=app.settings.streamlit_page_config
    )
    config = {**base, **page_config_of_meta(record.page_meta)}

    def run() -> None:
        try:
            st.set_page_config(**config)
            run_page_record(record, st, None, app)
        except Exception as error:
            if not report_failure(error, path=record.path, hooks=app.page_registry.error_hooks):
                raise

    return run


def _alias(record: PageRecord, page: Callable[[], Page]) -> Callable[[], Page]:
    """A hidden page at the default page's own address, which Streamlit otherwise answers with "page not found"."""

    def go_to_root() -> None:
        st.switch_page(page(), query_params=_all_query_params())

    return functools.partial(st.Page, go_to_root, title=record.title, url_path=record.slug, visibility="hidden")


def _all_query_params() -> dict[str, list[str]]:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def _link(link: LinkRecord) -> Callable[[], Page]:
    return functools.partial(st.Page, link.url, title=link.title, icon=link.icon)
