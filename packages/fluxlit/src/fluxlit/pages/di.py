"""The documented module path of injection into pages; the code is `fluxlit_pages.di`'s."""

from fluxlit_pages.di import (
    Cookie,
    Depends,
    Header,
    env_page_overrides,
    reset_page_cookie_context,
    reset_page_header_context,
    resolve_and_call_page,
    resolve_page_kwargs,
    set_page_cookie_context,
    set_page_header_context,
)

__all__ = (
    "Cookie",
    "Depends",
    "Header",
    "env_page_overrides",
    "reset_page_cookie_context",
    "reset_page_header_context",
    "resolve_and_call_page",
    "resolve_page_kwargs",
    "set_page_cookie_context",
    "set_page_header_context",
)
