"""One run of the entry script: load the application, build the menu, run the page.

The application is loaded by each run, since Streamlit's file watcher drops changed modules from ``sys.modules``; for a
loaded one that is a dictionary lookup. Everything that follows from the application alone is worked out once, and what
a run can do without is left out: an application of one page has no menu.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from fluxlit_pages.deep_links import PAGE_KEY, match_nav_page, query_params
from fluxlit_pages.di.page_user import page_user
from fluxlit_pages.errors import TargetError
from fluxlit_pages.main_script import APP_VARIABLE
from fluxlit_pages.page_record import page_slug
from fluxlit_pages.streamlit.page_errors import report_failure
from fluxlit_pages.streamlit.page_menu import NavigationPlan, plan_navigation
from fluxlit_pages.streamlit.st_user import correct_st_user
from fluxlit_pages.target import load_page_app

if TYPE_CHECKING:
    from fluxlit_pages.page_app import PageApp

__all__ = ("navigation_plan", "run_app", "run_entry_script")


def run_entry_script() -> None:
    """Do what Streamlit runs the entry script for."""
    target = os.environ.get(APP_VARIABLE, "")
    if not target:
        st.error(f"{APP_VARIABLE} is not set. It names the application, as in {APP_VARIABLE}=app:app.")
        st.stop()
    try:
        app = load_page_app(target)
    except TargetError as error:
        if report_failure(error, path=""):
            return
        raise
    run_app(app)


def run_app(app: PageApp) -> None:
    """Show the page of `app` that the browser asked for."""
    plan = navigation_plan(app)
    if not plan.menu.records:
        st.title(app.settings.title)
        st.info("This application has no pages yet. Add one with `@app.page('/')`.")
        return
    context = get_script_run_ctx()
    correct_st_user(context)
    # A look at the text first: st.query_params takes locks and decodes, and most addresses have no such parameter.
    if context is None or PAGE_KEY in context.query_string:
        _follow_page_parameter(plan)
    asked = _asked_page(context)
    only = plan.only_page
    if only is not None and asked in {"", only.slug}:
        plan.by_slug[only.slug].page()
        return
    default = plan.menu.default
    user = page_user(st) if plan.concealed else None
    plan.navigate(with_alias=asked is None or (default is not None and asked == default.slug), user=user).run()


def navigation_plan(app: PageApp) -> NavigationPlan:
    """The prepared menu of an application."""
    registry = app.page_registry
    menu = registry.menu
    plan = registry.prepared
    if not isinstance(plan, NavigationPlan) or plan.menu is not menu:
        # Parallel first runs may each make one; they are equal.
        plan = registry.prepared = plan_navigation(app, menu)
    return plan


def _asked_page(context: Any) -> str | None:
    """The address segment that the browser was opened with; empty for the root and after that, None if unknown.

    Streamlit keeps it for `st.navigation` and has no public name for it; without it nothing but a shortcut is lost.
    """
    manager = getattr(context, "pages_manager", None)
    asked = getattr(manager, "intended_page_name", None)
    return asked if isinstance(asked, str) else None


def _follow_page_parameter(plan: NavigationPlan) -> None:
    """Go to the page that ``?page=`` names, with the other query parameters; a value that names none is the page's."""
    found = match_nav_page(query_params(st), plan.menu.records)
    if found is None:
        return
    if plan.only_page is not None:
        del st.query_params[PAGE_KEY]
        return
    others = {name: st.query_params.get_all(name) for name in st.query_params if name != PAGE_KEY}
    st.switch_page(plan.by_slug[page_slug(found[0])](), query_params=others)
