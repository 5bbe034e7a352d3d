from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from fluxlit_client import NO_RETRIES, ApiClient, ApiConnectionError, AsyncApiClient
from fluxlit_client.connections.async_pools import close_async_pools
from fluxlit_client.connections.destination import Destination
from fluxlit_client.connections.pools import close_pools, environment_proxy, limits_for
from fluxlit_client.http_library import httpx

if TYPE_CHECKING:
    from conftest import RunningApi, Serve

app = FastAPI()


@app.get("/port")
def port(request: Request) -> int | None:
    return request.client.port if request.client else None  # there is no port on a Unix socket


@app.get("/cookie")
def cookie(request: Request, response: Response) -> dict[str, str]:
    response.set_cookie("session", "secret-of-alice")
    return request.cookies


@app.get("/redirect")
def redirect(to: str) -> RedirectResponse:
    return RedirectResponse(to)


@app.get("/v1/items/")
def items(request: Request) -> str:
    return request.headers["host"]


@pytest.fixture(scope="module")
def api(serve: Serve) -> RunningApi:
    return serve(app)


def test_clients_share_one_connection_and_survive_each_others_end(api: RunningApi) -> None:
    first = ApiClient(api.tcp)
    port_of_first = first.get("/port").json()
    first.close()
    assert ApiClient(api.tcp, timeout=3).with_bearer("t").get("/port").json() == port_of_first
    with ApiClient(api.tcp, keep_cookies=True) as other:
        assert other.get("/port").json() == port_of_first


def test_closing_the_pools_is_no_end(api: RunningApi) -> None:
    client = ApiClient(api.tcp)
    before = client.get("/port").json()
    close_pools()
    assert client.get("/port").json() != before


def test_one_client_serves_many_threads(api: RunningApi) -> None:
    client = ApiClient(api.unix)
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(client.get, ["/port"] * 200))
    assert [answer.status_code for answer in answers] == [200] * 200


async def test_asynchronous_clients_of_a_loop_share_one_connection(api: RunningApi) -> None:
    async with AsyncApiClient(api.tcp) as first:
        port_of_first = (await first.get("/port")).json()
    second = AsyncApiClient(api.tcp, keep_cookies=True)
    assert (await second.get("/port")).json() == port_of_first
    await close_async_pools()
    assert (await second.get("/port")).json() != port_of_first
    await close_async_pools()


def test_an_asynchronous_client_serves_one_loop_after_another(api: RunningApi) -> None:
    client = AsyncApiClient(api.unix)

    async def both() -> list[int]:
        return [response.status_code for response in await asyncio.gather(client.get("/port"), client.get("/port"))]

    assert asyncio.run(both()) == [200, 200]
    assert asyncio.run(both()) == [200, 200]


def test_cookies_of_one_user_are_never_sent_for_another(api: RunningApi) -> None:
    ApiClient(api.tcp).get("/cookie")
    assert ApiClient(api.tcp).get("/cookie").json() == {}
    keeping = ApiClient(api.tcp, keep_cookies=True)
    keeping.get("/cookie")
    assert keeping.get("/cookie").json() == {"session": "secret-of-alice"}
    assert ApiClient(api.tcp, keep_cookies=True).get("/cookie").json() == {}
    assert keeping.with_bearer("of-bob").get("/cookie").json() == {}


def test_redirects_are_followed_only_if_the_call_says_so(api: RunningApi) -> None:
    client = ApiClient(f"{api.unix}/v1")
    assert client.get("/items").status_code == 307
    assert client.get("/items", follow_redirects=True).json() == "localhost"


def test_a_redirect_to_another_origin_leaves_the_unix_socket(api: RunningApi) -> None:
    response = ApiClient(api.unix).get("/redirect", params={"to": f"{api.tcp}/port"}, follow_redirects=True)
    assert response.json() > 0


def test_no_proxy_sees_what_stays_on_this_machine(api: RunningApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    close_pools()
    assert ApiClient(api.tcp).get("/port").status_code == 200
    assert ApiClient(api.unix).get("/port").status_code == 200


@pytest.mark.parametrize(("host", "expected"), [("api.example.com", "http://proxy:1"), ("in.example.org", None)])
def test_the_environments_proxy_is_used_for_the_world_outside(
    host: str, expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:1")
    monkeypatch.setenv("NO_PROXY", "example.org")
    assert environment_proxy(Destination("https", host, 443)) == expected
    assert environment_proxy(Destination("http", host, 80)) is None


@pytest.mark.parametrize("host", ["localhost", "app.localhost", "127.0.0.9", "::1"])
def test_loopback_hosts_are_known(host: str) -> None:
    assert Destination("http", host, 80).is_loopback


def test_a_request_goes_through_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def proxy() -> None:
            connection, _ = listener.accept()
            with connection:
                seen.append(connection.recv(65536).splitlines()[0])
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi")

        thread = threading.Thread(target=proxy)
        thread.start()
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{listener.getsockname()[1]}")
        monkeypatch.setenv("NO_PROXY", "")
        assert ApiClient("http://api.invalid/v1").get("/users").text == "hi"
        thread.join(30)
    assert seen == [b"GET http://api.invalid/v1/users HTTP/1.1"]


@pytest.mark.parametrize("host", ["127.0.0.1", "api.example.com"])
def test_idle_connections_are_given_up_before_uvicorn_closes_them(host: str) -> None:
    # At the very moment that it does, a request would be lost.
    expiry = limits_for(Destination("http", host, 80)).keepalive_expiry
    assert expiry is not None
    assert expiry < uvicorn.Config(app).timeout_keep_alive


def test_a_failed_connect_leaves_no_socket_in_the_error() -> None:
    with pytest.raises(ApiConnectionError) as caught:
        ApiClient("http+unix://%2Fnowhere%2Fapi.sock", retries=NO_RETRIES).get("/")
    assert isinstance(caught.value, httpx.ConnectError)
    # A socket left open would be closed by its finalizer here, with a ResourceWarning that fails the test.
