"""The documentation's routes come last, and answer all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from fluxlit import FluxLit
from fluxlit.documentation_routes import serve_documentation_last

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request

DOCUMENTATION = ("/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def paths(api: FastAPI) -> list[str]:
    return [str(getattr(route, "path", "")) for route in api.router.routes]


async def taken(_: Request) -> PlainTextResponse:
    return PlainTextResponse("taken")


async def test_a_served_application_asks_its_own_routes_first_and_still_shows_its_documentation() -> None:
    app = FluxLit()

    @app.api.get("/hello")
    async def hello() -> str:
        return "hello"

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://testserver") as client:
        assert (await client.get("/api/hello")).json() == "hello"
        assert [(await client.get(f"/api{path}")).status_code for path in DOCUMENTATION] == [200] * 4
        assert list((await client.get("/api/openapi.json")).json()["paths"]) == ["/hello"]
    assert paths(app.api) == ["/hello", *DOCUMENTATION]


@pytest.mark.parametrize(
    "route",
    [
        Route("/{path:path}", taken),
        Route("/docs", taken),
        Route("/docs", taken, methods=["POST"]),
        Mount("", routes=[Route("/openapi.json", taken)]),
    ],
    ids=["all paths", "its path", "its path, another method", "a mount at the root"],
)
def test_a_route_that_would_answer_in_its_place_leaves_the_documentation_first(route: Route | Mount) -> None:
    app = FluxLit()
    app.api.router.routes.append(route)
    before = paths(app.api)

    serve_documentation_last(app.api)

    assert paths(app.api) == before
    assert before[:4] == list(DOCUMENTATION)


def test_twice_is_the_same_as_once() -> None:
    app = FluxLit()
    app.api.router.routes.append(Route("/more", taken))
    serve_documentation_last(app.api)
    serve_documentation_last(app.api)
    assert paths(app.api) == ["/more", *DOCUMENTATION]
