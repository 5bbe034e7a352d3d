"""One run of the entry script: load the application, build the menu, run the page.

The application is loaded by each run, since Streamlit's file watcher drops changed modules from ``sys.modules``; for a
loaded one that is a dictionary lookup. Everything that follows from the application alone is worked out once.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import streamlit as st

from fluxlit_pages.deep_links import PAGE_KEY, match_nav_page, query_params
from fluxlit_pages.errors import TargetError
from fluxlit_pages.main_script import APP_VARIABLE
from fluxlit_pages.page_record import page_slug
from fluxlit_pages.streamlit.page_errors import report_failure
from fluxlit_pages.streamlit.page_menu import NavigationPlan, plan_navigation
from fluxlit_pages.target import load_page_app

if TYPE_CHECKING:
    from fluxlit_pages.page_app import PageApp

__all__ = ("run_app", "run_entry_script")


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
    if PAGE_KEY in st.query_params:
        _follow_page_parameter(plan)
    plan.navigate().run()


def navigation_plan(app: PageApp) -> NavigationPlan:
    """The prepared menu of an application."""
    registry = app.page_registry
    menu = registry.menu
    plan = registry.prepared
    if not isinstance(plan, NavigationPlan) or plan.menu is not menu:
        # Parallel first runs may each make one; they are equal.
        plan = registry.prepared = plan_navigation(app, menu)
    return plan


def _follow_page_parameter(plan: NavigationPlan) -> None:
    """Go to the page that ``?page=`` names, with the other query parameters; a value that names none is the page's."""
    found = match_nav_page(query_params(st), plan.menu.records)
    if found is None:
        return
    others = {name: st.query_params.get_all(name) for name in st.query_params if name != PAGE_KEY}
    st.switch_page(plan.by_slug[page_slug(found[0])](), query_params=others)
