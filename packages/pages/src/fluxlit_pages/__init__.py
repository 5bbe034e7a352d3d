"""Typed Streamlit pages: registry, dependency injection, navigation, manifests, deep links.

Importing this package does not import Streamlit: an API process that only registers pages stays lean.
"""

from fluxlit_pages.deep_links import match_nav_page, query_params
from fluxlit_pages.di import Cookie, Depends, Header, Query, SessionState, resolve_page_kwargs
from fluxlit_pages.errors import (
    FluxlitPagesError,
    PageInjectionError,
    PageRegistrationError,
    PageSignatureError,
    TargetError,
)
from fluxlit_pages.flags import FluxlitFeatureFlags
from fluxlit_pages.main_script import main_path
from fluxlit_pages.manifest import build_page_manifest
from fluxlit_pages.menu import LinkRecord, NavigationModel, PageLinks
from fluxlit_pages.page_app import PageApp
from fluxlit_pages.page_failure import PageFailure
from fluxlit_pages.page_meta import Page, PageMeta
from fluxlit_pages.page_record import PageRecord, page_slug
from fluxlit_pages.plain_script import PlainScript, find_plain_script
from fluxlit_pages.public_urls import FluxLitPublicUrls
from fluxlit_pages.query import parse_query_params, parse_query_params_adapter
from fluxlit_pages.registry import PageRegistry
from fluxlit_pages.session_model import SessionModel
from fluxlit_pages.target import load_page_app, load_target
from fluxlit_pages.validation import validate_fluxlit_pages

__all__ = (
    "Cookie",
    "Depends",
    "FluxLitPublicUrls",
    "FluxlitFeatureFlags",
    "FluxlitPagesError",
    "Header",
    "LinkRecord",
    "NavigationModel",
    "Page",
    "PageApp",
    "PageFailure",
    "PageInjectionError",
    "PageLinks",
    "PageMeta",
    "PageRecord",
    "PageRegistrationError",
    "PageRegistry",
    "PageSignatureError",
    "PlainScript",
    "Query",
    "SessionModel",
    "SessionState",
    "TargetError",
    "build_page_manifest",
    "find_plain_script",
    "load_page_app",
    "load_target",
    "main_path",
    "match_nav_page",
    "page_slug",
    "parse_query_params",
    "parse_query_params_adapter",
    "query_params",
    "resolve_page_kwargs",
    "validate_fluxlit_pages",
)
