"""`FluxLitTestClient`: API calls through the gateway, without a server."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI, Request

from fluxlit_testing import FluxLitTestClient


class Application:
    """The least that is an application: an API."""

    def __init__(self, **options: Any) -> None:
        self.api = FastAPI(title="Portal", **options)

        @self.api.get("/users")
        def users(request: Request) -> dict[str, str]:
            return {"url": request.url_for("users").path}

        @self.api.post("/echo")
        def echo(body: dict[str, int]) -> dict[str, int]:
            return body


@pytest.fixture
def client() -> FluxLitTestClient:
    return FluxLitTestClient(Application())


def test_paths_are_those_of_the_routes(client: FluxLitTestClient) -> None:
    assert client.api_get("/users").json() == {"url": "/api/users"}
    assert client.api_get("users").status_code == 200
    assert client.api_post("/echo", json={"a": 1}).json() == {"a": 1}


def test_another_prefix_and_a_mount_are_as_behind_a_proxy() -> None:
    client = FluxLitTestClient(Application(), api_prefix="/v1").with_root_path("apps/sales/")

    assert client.root_mount == "/apps/sales"
    assert client.api_get("/users").json() == {"url": "/apps/sales/v1/users"}
    assert client.api_get("/users", root_path="").json() == {"url": "/v1/users"}


def test_what_is_not_the_api_has_no_ui_to_answer(client: FluxLitTestClient) -> None:
    assert client.api.get("/reports").status_code == 502


def test_the_document_and_its_page_are_there(client: FluxLitTestClient) -> None:
    assert set(client.openapi()["paths"]) == {"/users", "/echo"}
    client.assert_docs_available()
    client.assert_docs_available(root_path="/apps/sales")


def test_missing_documentation_fails() -> None:
    with pytest.raises(AssertionError, match="/docs answered 404"):
        FluxLitTestClient(Application(docs_url=None)).assert_docs_available()


def test_the_lifespan_runs_when_the_client_is_entered() -> None:
    seen: list[str] = []
    app = Application()
    app.api.router.on_startup.append(lambda: seen.append("start"))

    with FluxLitTestClient(app).api as api:
        assert api.get("/api/users").status_code == 200

    assert seen == ["start"]
