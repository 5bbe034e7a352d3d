"""One run of the entry script: load the application, build the menu, run the page."""

import os

import streamlit as st

from fluxlit_pages.main_script import APP_VARIABLE
from fluxlit_pages.page_app import PageApp
from fluxlit_pages.page_record import PageRecord
from fluxlit_pages.target import load_page_app

__all__ = ("run_entry_script",)


def run_entry_script() -> None:
    """Do what Streamlit runs the entry script for."""
    target = os.environ.get(APP_VARIABLE, "")
    app = load_page_app(target)
    run_app(app)


def run_app(app: PageApp) -> None:
    """Show the page of `app` that the browser asked for."""
    pages = [
        st.Page(_bound(app, record), title=record.title, icon=record.icon, url_path=record.slug)
        for record in app.page_registry.records
    ]
    st.navigation(pages).run()


def _bound(app: PageApp, record: PageRecord):  # noqa: ANN202
    def run() -> None:
        record.fn(st=st, client=app.get_client())

    return run
