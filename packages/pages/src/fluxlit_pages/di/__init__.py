"""Injection into page functions: from what the run, the application and the page's own dependencies provide."""

from fluxlit_pages.di.markers import Cookie, Depends, Header, Query, SessionState
from fluxlit_pages.di.overrides import env_page_overrides
from fluxlit_pages.di.request_context import (
    reset_page_cookie_context,
    reset_page_header_context,
    set_page_cookie_context,
    set_page_header_context,
)
from fluxlit_pages.di.resolving import PageArguments, resolve_and_call_page, resolve_page_kwargs
from fluxlit_pages.di.run_scope import RunScope

__all__ = (
    "Cookie",
    "Depends",
    "Header",
    "PageArguments",
    "Query",
    "RunScope",
    "SessionState",
    "env_page_overrides",
    "reset_page_cookie_context",
    "reset_page_header_context",
    "resolve_and_call_page",
    "resolve_page_kwargs",
    "set_page_cookie_context",
    "set_page_header_context",
)
