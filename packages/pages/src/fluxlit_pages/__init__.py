"""Typed Streamlit pages: registry, dependency injection, navigation, manifests, deep links."""

from fluxlit_pages.main_script import main_path
from fluxlit_pages.navigation_model import NavigationModel
from fluxlit_pages.page_app import PageApp
from fluxlit_pages.page_meta import Page, PageMeta
from fluxlit_pages.page_record import PageRecord, page_slug
from fluxlit_pages.public_urls import FluxLitPublicUrls
from fluxlit_pages.registry import PageRegistry
from fluxlit_pages.target import load_page_app, load_target

__all__ = (
    "FluxLitPublicUrls",
    "NavigationModel",
    "Page",
    "PageApp",
    "PageMeta",
    "PageRecord",
    "PageRegistry",
    "load_page_app",
    "load_target",
    "main_path",
    "page_slug",
)
