"""The API's documentation behind the API's own routes: FastAPI puts it before them, and each request passes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.routing import Match, Route

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.routing import BaseRoute

__all__ = ("serve_documentation_last",)


def serve_documentation_last(api: FastAPI) -> None:
    """Move the routes of the documentation to the end, unless another route would then answer in their place.

    A request is held against each route in turn, and the four of the documentation (`/openapi.json`, `/docs`,
    `/docs/oauth2-redirect`, `/redoc`) come first in FastAPI, at some microseconds for every request. A route that takes
    their paths too, such as `/{path:path}` or files mounted at `/`, keeps them where they are.

    Args:
        api: The application; its list of routes is reordered.
    """
    routes = api.router.routes
    documentation = [route for route in routes if _is_documentation(route)]
    others = [route for route in routes if not _is_documentation(route)]
    if not any(_takes_path_of(other, route) for other in others for route in documentation):
        routes[:] = [*others, *documentation]


def _is_documentation(route: BaseRoute) -> bool:
    # FastAPI.setup makes them with functions of its own, and shows none of them in the documentation.
    made_by = getattr(route, "endpoint", None)
    return type(route) is Route and getattr(made_by, "__module__", "") == "fastapi.applications"


def _takes_path_of(other: BaseRoute, documentation: BaseRoute) -> bool:
    path = getattr(documentation, "path", "")
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return other.matches(scope)[0] is not Match.NONE
