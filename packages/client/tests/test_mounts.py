"""A transport mounted at a destination answers for it, for as long as its block lasts."""

from __future__ import annotations

import pytest

from fluxlit_client import ApiClient, ApiConnectionError, AsyncApiClient
from fluxlit_client.client_options import NO_RETRIES
from fluxlit_client.connections.mounts import Mount, mounted
from fluxlit_client.http_library import httpx

BASE_URL = "http://mounted.localhost:9/api"


def mount(answer: str) -> Mount:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, text=f"{answer} {request.url.path}"))
    return Mount(transport, transport)


def test_the_blocking_client_is_answered_in_process() -> None:
    with mounted(BASE_URL, mount("hello")):
        assert ApiClient(BASE_URL).get("/users").text == "hello /api/users"


async def test_the_asynchronous_client_is_answered_in_process() -> None:
    with mounted(BASE_URL, mount("hello")):
        assert (await AsyncApiClient(BASE_URL).get("/users")).text == "hello /api/users"


def test_an_inner_mount_stands_before_an_outer_one() -> None:
    client = ApiClient(BASE_URL)
    with mounted(BASE_URL, mount("outer")):
        with mounted(BASE_URL, mount("inner")):
            assert client.get("/").text.startswith("inner")
        assert client.get("/").text.startswith("outer")


def test_after_the_block_the_network_is_asked_again() -> None:
    client = ApiClient(BASE_URL, retries=NO_RETRIES)
    with mounted(BASE_URL, mount("hello")):
        client.get("/")

    with pytest.raises(ApiConnectionError):
        client.get("/")
