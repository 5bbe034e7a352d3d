"""What a visitor sees instead of a page that is not open to them."""

from __future__ import annotations

import logging
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from fluxlit_auth import User
    from fluxlit_pages.page_record import PageRecord

__all__ = ("show_refusal",)

_LOG = logging.getLogger("fluxlit.pages")


def show_refusal(record: PageRecord, user: User | None) -> None:
    """Say that the page is closed, and how to go on.

    Args:
        record: The page.
        user: Who asked for it; `None` for a visitor who is not known.
    """
    _LOG.info("page %s is not open to %s", record.path, "a visitor" if user is None else repr(user.id))
    if user is not None:
        st.error("You may not open this page.")
        return
    st.info("This page is for users who have logged in.")
    # Loading the page's address anew leads to the login; a link of Streamlit's own would open another tab.
    st.html(f'<a href="{escape(record.slug, quote=True)}" target="_self">Log in</a>')
