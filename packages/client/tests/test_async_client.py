from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel

from fluxlit_client import (
    NO_RETRIES,
    ApiClient,
    ApiClientClosedError,
    ApiConnectionError,
    ApiStatusError,
    AsyncApiClient,
    EndpointArgumentError,
)
from fluxlit_client.http_library import httpx

if TYPE_CHECKING:
    from conftest import RunningApi, Serve

app = FastAPI()


class User(BaseModel):
    id: int


@app.api_route("/echo", methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
async def echo(request: Request) -> dict[str, Any]:
    return {"method": request.method, "headers": dict(request.headers), "body": (await request.body()).decode()}


@app.get("/users/{user_id}")
def get_user(user_id: int) -> User:
    if user_id == 0:
        raise HTTPException(404, "no such user")
    return User(id=user_id)


@app.post("/users")
async def add(user: User, _db: Annotated[str, Depends(lambda: "db")]) -> User:
    return user


@pytest.fixture(scope="module")
def api(serve: Serve) -> RunningApi:
    return serve(app)


@pytest.fixture(params=["tcp", "unix"])
def client(api: RunningApi, request: pytest.FixtureRequest) -> AsyncApiClient:
    return AsyncApiClient(getattr(api, request.param), app=app)


def test_it_has_the_whole_surface_of_the_blocking_client() -> None:
    def surface(of: type) -> dict[str, list[str]]:
        methods = {name: method for name, method in inspect.getmembers(of, callable) if not name.startswith("_")}
        return {name: list(inspect.signature(method).parameters) for name, method in methods.items()}

    blocking, asynchronous = surface(ApiClient), surface(AsyncApiClient)
    blocking["aclose"] = blocking.pop("close")
    assert asynchronous == blocking


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
async def test_each_verb_sends_its_method(client: AsyncApiClient, method: str) -> None:
    assert (await getattr(client, method)("/echo")).json()["method"] == method.upper()


async def test_head_and_request_do_too(client: AsyncApiClient) -> None:
    assert (await client.head("/echo")).status_code == 200
    assert (await client.request("PUT", "/echo", content=b"x")).json()["body"] == "x"


async def test_models_and_endpoints_come_back_validated(client: AsyncApiClient) -> None:
    assert await client.get_model("/users/3", User) == User(id=3)
    assert await client.post_model("/users", User, body=User(id=4)) == User(id=4)
    assert await client.call(get_user, 5) == User(id=5)
    assert await client.call_unchecked(add, user=User(id=6)) == User(id=6)


async def test_errors_are_the_same(client: AsyncApiClient, refused_base_url: str) -> None:
    with pytest.raises(ApiStatusError, match="no such user"):
        await client.get_model("/users/0", User)
    with pytest.raises(EndpointArgumentError):
        await client.call_unchecked(get_user)
    with pytest.raises(ApiConnectionError) as caught:
        await AsyncApiClient(refused_base_url, retries=NO_RETRIES).get("/")
    assert isinstance(caught.value, httpx.ConnectError)


async def test_derived_clients_and_headers_work_the_same(client: AsyncApiClient) -> None:
    headers = (await client.with_bearer("secret").get("/echo")).json()["headers"]
    assert headers["authorization"] == "Bearer secret"
    own = AsyncApiClient.for_fluxlit(bearer_token="t", base_url=client.base_url)
    assert (await own.get("/echo")).json()["headers"]["authorization"] == "Bearer t"


async def test_a_closed_client_refuses(client: AsyncApiClient) -> None:
    async with client:
        await client.get("/echo")
    with pytest.raises(ApiClientClosedError):
        await client.get("/echo")
