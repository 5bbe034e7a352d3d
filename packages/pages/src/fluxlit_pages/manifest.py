"""The page manifest: which pages an application has, as JSON for tools. Version 1 is stable."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from fluxlit_pages.di.markers import name_of
from fluxlit_pages.di.planning import dependencies_of, plan_call

if TYPE_CHECKING:
    from fluxlit_pages.page_app import PageApp
    from fluxlit_pages.page_owner import PageOwner
    from fluxlit_pages.page_record import PageRecord

__all__ = ("MANIFEST_V1_PAGE_ALLOWED_KEYS", "MANIFEST_V1_ROOT_KEYS", "build_page_manifest")

MANIFEST_V1_ROOT_KEYS = frozenset({"manifest_version", "manifest_stability", "title", "pages"})
"""Exactly the keys of a manifest."""
MANIFEST_V1_PAGE_ALLOWED_KEYS = frozenset(
    {"path", "title", "tags", "description", "icon", "parameters", "dependencies", "children"}
)
"""The keys that a page of a manifest may have; all but ``children`` are always there."""


def build_page_manifest(app: PageApp, *, version: int = 1) -> dict[str, Any]:
    """Describe the pages of an application, in order of registration.

    Args:
        app: The application.
        version: Echoed in ``manifest_version``.
    """
    return {
        "manifest_version": version,
        "manifest_stability": "stable",
        "title": app.settings.title,
        "pages": [_page(record, app) for record in app.page_registry.records],
    }


def _page(record: PageRecord, owner: PageOwner) -> dict[str, Any]:
    meta = record.page_meta
    page: dict[str, Any] = {
        "path": record.path,
        "title": record.title,
        "tags": list(record.tags),
        "description": record.description,
        "icon": record.icon or (meta.page_icon if meta is not None else None),
        "parameters": [
            {"name": parameter.name, "annotation": str(parameter.annotation)}
            for parameter in inspect.signature(record.fn).parameters.values()
        ],
        "dependencies": [name_of(dependency) for dependency in dependencies_of(plan_call(record.fn, owner))],
    }
    if meta is not None and meta.children:
        page["children"] = list(meta.children)
    return page
