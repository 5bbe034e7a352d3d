"""The documented module path of pages; the code is `fluxlit_pages`'s."""

from fluxlit_pages import (
    Cookie,
    Depends,
    Header,
    NavigationModel,
    Page,
    PageMeta,
    PageRecord,
    Query,
    SessionModel,
    build_page_manifest,
    page_slug,
    parse_query_params,
    parse_query_params_adapter,
    resolve_page_kwargs,
    validate_fluxlit_pages,
)

__all__ = (
    "Cookie",
    "Depends",
    "Header",
    "NavigationModel",
    "Page",
    "PageMeta",
    "PageRecord",
    "Query",
    "SessionModel",
    "build_page_manifest",
    "page_slug",
    "parse_query_params",
    "parse_query_params_adapter",
    "resolve_page_kwargs",
    "validate_fluxlit_pages",
)
