"""`ApiClient` as documented, over a page's own way to its API."""

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from fastapi import Body, Header
from pydantic import BaseModel

from fluxlit import ApiClient, FluxLit
from fluxlit_testing import FluxLitTestClient


class User(BaseModel):
    name: str
    age: int = 0


def in_a_page(work: Callable[[ApiClient], object]) -> object:
    """What `work` gives with the client of a page."""
    app = FluxLit()

    @app.api.get("/user")
    def user() -> User:
        return User(name="Ada", age=36)

    @app.api.post("/user")
    def birthday(user: Annotated[User, Body()]) -> User:
        return User(name=user.name, age=user.age + 1)

    @app.api.get("/headers")
    def headers(x_team: Annotated[str, Header()] = "", authorization: Annotated[str, Header()] = "") -> list[str]:
        return [x_team, authorization]

    found: list[object] = []

    @app.page("/")
    def home(client: ApiClient) -> None:
        found.append(work(client))

    FluxLitTestClient(app).page()
    return found[0]


def test_models_come_and_go() -> None:
    assert in_a_page(lambda client: client.get_model("/user", User)) == User(name="Ada", age=36)
    assert in_a_page(lambda client: client.post_model("user", User, body=User(name="Ada"))) == User(name="Ada", age=1)
    assert in_a_page(lambda client: client.post_model("/user", User, json={"name": "Eve"})) == User(name="Eve", age=1)


def test_a_body_is_given_once() -> None:
    def both(client: ApiClient) -> object:
        with pytest.raises(TypeError):
            client.post_model("/user", User, body={"name": "Ada"}, json={})
        return "refused"

    assert in_a_page(both) == "refused"


def test_headers_have_the_documented_precedence() -> None:
    def ask(_client: ApiClient) -> Any:
        client = ApiClient(default_headers={"X-Team": "default"}, auth_header_factory=lambda: {"X-Team": "factory"})
        with client.with_bearer("token") as bearer:
            return [
                client.get("/headers").json(),
                client.get("/headers", headers={"X-Team": "call"}).json(),
                bearer.get("/headers").json(),
            ]

    assert in_a_page(ask) == [["factory", ""], ["call", ""], ["factory", "Bearer token"]]


def test_a_client_of_the_application_takes_a_token_or_a_factory() -> None:
    assert in_a_page(lambda _client: ApiClient.for_fluxlit(bearer_token="abc").get("/headers").json()) == [
        "",
        "Bearer abc",
    ]
    with pytest.raises(TypeError):
        ApiClient.for_fluxlit(bearer_token="abc", auth_header_factory=dict)


@pytest.mark.parametrize("path", ["http://elsewhere/x", "//elsewhere/x", "../x"])
def test_paths_that_leave_the_api_are_refused(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        ApiClient("http://127.0.0.1:9/api").get(path)
