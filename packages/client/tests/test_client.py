from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import pytest
from fastapi import FastAPI, Request
from pydantic import BaseModel, TypeAdapter

from fluxlit_client import ApiClient, ApiClientClosedError, InvalidBaseUrlError, unix_base_url

if TYPE_CHECKING:
    from conftest import RunningApi, Serve

app = FastAPI()


class User(BaseModel):
    id: int
    name: str = "Ada"


@app.get("/api/users")
def users() -> list[User]:
    return [User(id=1)]


@app.post("/api/users")
def add_user(user: User) -> User:
    return user


@app.api_route("/api/echo", methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
async def echo(request: Request) -> dict[str, Any]:
    return {
        "method": request.method,
        "query": str(request.query_params),
        "headers": dict(request.headers),
        "cookies": request.cookies,
        "body": (await request.body()).decode(),
    }


@pytest.fixture(scope="module")
def api(serve: Serve) -> RunningApi:
    return serve(app)


@pytest.fixture(params=["tcp", "unix"])
def base_url(api: RunningApi, request: pytest.FixtureRequest) -> str:
    return f"{getattr(api, request.param)}/api"


def test_get_returns_the_librarys_response(base_url: str) -> None:
    with ApiClient(base_url) as client:
        response = client.get("/users")
        assert response.status_code == 200
        assert response.json() == [{"id": 1, "name": "Ada"}]


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
def test_each_verb_sends_its_method(base_url: str, method: str) -> None:
    response = getattr(ApiClient(base_url), method)("/echo")
    assert response.json()["method"] == method.upper()


def test_head_has_no_body(base_url: str) -> None:
    response = ApiClient(base_url).head("/echo")
    assert response.status_code == 200
    assert response.content == b""


def test_bodies_are_sent_as_the_library_sends_them(base_url: str) -> None:
    client = ApiClient(base_url)
    assert client.post("/echo", json={"a": 1}).json()["body"] == '{"a":1}'
    assert client.put("/echo", content=b"raw").json()["body"] == "raw"
    assert client.patch("/echo", data={"a": "b c"}).json()["body"] == "a=b+c"


def test_models_come_back_validated(base_url: str) -> None:
    client = ApiClient(base_url)
    users_: list[User] = client.get_model("/users", list[User])
    assert users_ == [User(id=1)]
    assert client.get_model("/users", TypeAdapter(tuple[User, ...])) == (User(id=1),)
    assert client.post_model("/users", User, body=User(id=2)) == User(id=2)
    assert client.post_model("/users", User, body={"id": 3, "name": "Bo"}) == User(id=3, name="Bo")
    assert client.post_model("/users", User, json={"id": 4}) == User(id=4)


def test_a_model_that_cannot_be_hashed_is_validated_as_well(base_url: str) -> None:
    assert ApiClient(base_url).get_model("/users", Annotated[list[User], ["unhashable"]]) == [User(id=1)]


def test_an_answer_of_another_shape_says_which_request_it_answered(base_url: str) -> None:
    with pytest.raises(ValueError, match="id") as caught:
        ApiClient(base_url).get_model("/echo", User)
    assert caught.value.__notes__ == ["in the answer to GET /api/echo"]


def test_body_and_json_together_are_refused(base_url: str) -> None:
    with pytest.raises(TypeError, match="body= or json="):
        ApiClient(base_url).post_model("/users", User, body=User(id=1), json={"id": 1})


def test_params_are_added_to_the_query_of_the_path(base_url: str) -> None:
    response = ApiClient(base_url).get("/echo?a=1&b=1", params={"b": 2, "c": [3, 4]})
    assert response.json()["query"] == "a=1&b=2&c=3&c=4"


def test_headers_of_the_call_win_over_the_factorys_over_the_defaults(base_url: str) -> None:
    client = ApiClient(
        base_url,
        default_headers={"x-a": "default", "x-b": "default", "x-c": "default"},
        auth_header_factory=lambda: {"X-B": "factory", "X-C": "factory"},
    )
    headers = client.get("/echo", headers={"X-C": "call"}).json()["headers"]
    assert (headers["x-a"], headers["x-b"], headers["x-c"]) == ("default", "factory", "call")


def test_the_factory_is_asked_for_every_request(base_url: str) -> None:
    tokens = iter("12")
    client = ApiClient(base_url, auth_header_factory=lambda: {"x-token": next(tokens)})
    assert [client.get("/echo").json()["headers"]["x-token"] for _ in range(2)] == ["1", "2"]


def test_with_bearer_adds_the_token_to_what_the_parent_sends(base_url: str) -> None:
    parent = ApiClient(base_url, default_headers={"x-a": "1"}, auth_header_factory=lambda: {"x-b": "2"})
    headers = parent.with_bearer("secret").get("/echo").json()["headers"]
    assert (headers["authorization"], headers["x-a"], headers["x-b"]) == ("Bearer secret", "1", "2")
    assert "authorization" not in parent.get("/echo").json()["headers"]


def test_for_fluxlit_takes_a_token_or_a_factory_but_not_both(base_url: str) -> None:
    client = ApiClient.for_fluxlit(bearer_token="secret", base_url=base_url)
    assert client.get("/echo").json()["headers"]["authorization"] == "Bearer secret"
    with pytest.raises(TypeError, match="not both"):
        ApiClient.for_fluxlit(bearer_token="secret", auth_header_factory=dict)


def test_cookies_of_one_call_are_sent_with_it_alone(base_url: str) -> None:
    client = ApiClient(base_url)
    assert client.get("/echo", cookies={"a": "1"}).json()["cookies"] == {"a": "1"}
    assert client.get("/echo").json()["cookies"] == {}


def test_a_closed_client_refuses_and_leaves_the_others_alone(base_url: str) -> None:
    closed, other = ApiClient(base_url), ApiClient(base_url)
    closed.get("/users")
    closed.close()
    with pytest.raises(ApiClientClosedError, match="closed"):
        closed.get("/users")
    assert other.get("/users").status_code == 200


def test_the_environment_names_the_api_unless_the_argument_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLUXLIT_INTERNAL_API_BASE", raising=False)
    assert ApiClient().base_url == "http://127.0.0.1:8000/api"
    monkeypatch.setenv("FLUXLIT_INTERNAL_API_BASE", "http+unix://%2Frun%2Fx.sock/api/")
    assert ApiClient().base_url == "http+unix://%2Frun%2Fx.sock/api"
    assert ApiClient("https://example.com/v1//").base_url == "https://example.com/v1"


def test_the_path_of_a_unix_socket_keeps_its_capitals() -> None:
    client = ApiClient(unix_base_url("/run/My Folder/a.sock"))
    assert client._configuration.base.destination.socket_path == "/run/My Folder/a.sock"


@pytest.mark.parametrize(
    "base_url",
    ["example.com", "ftp://example.com", "http://", "http+unix:///run/x.sock/api", "http://h:port", "http://h/?q=1"],
)
def test_a_base_url_that_is_none_is_refused_with_its_value(base_url: str) -> None:
    with pytest.raises(InvalidBaseUrlError, match="cannot use the base URL") as caught:
        ApiClient(base_url)
    assert repr(base_url) in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_neither_the_repr_nor_errors_show_a_password() -> None:
    client = ApiClient("https://user:secret@example.com/v1")
    assert repr(client) == "<ApiClient of https://example.com/v1>"
    client.close()
    with pytest.raises(ApiClientClosedError) as caught:
        client.get("/")
    assert "secret" not in str(caught.value)
