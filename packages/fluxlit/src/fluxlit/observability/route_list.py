"""Routes and pages of an application, as the debug page lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator

    from fastapi import FastAPI

    from fluxlit_pages import PageRegistry

__all__ = ("route_list",)


def route_list(api: FastAPI, pages: PageRegistry) -> Generator[dict[str, Any]]:
    """Kind, path, methods and name of each."""
    for record in pages.records:
        yield {"kind": "page", "path": record.path, "methods": "", "name": record.title}
    for route in api.routes:
        methods = ", ".join(sorted(getattr(route, "methods", None) or ()))
        yield {
            "kind": "route",
            "path": getattr(route, "path", ""),
            "methods": methods,
            "name": getattr(route, "name", ""),
        }
