"""Two replicas on one Redis: a login at one is a login at the other, and so is a logout."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from websockets.sync.client import ClientConnection

    from fluxlit_testing.running_server import RunningServer

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "login"
SECONDS = 30
NAVIGATION = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}


@pytest.fixture
def redis_url(replicas: Any) -> Iterator[str]:
    # The fixture of the replicas' own tests, as the generator that it wraps.
    yield from replicas.redis_url.__wrapped__()


def read_to_the_end(socket: ClientConnection) -> None:
    while True:
        socket.recv(timeout=SECONDS)


def test_login_and_logout_hold_for_both_replicas(
    start_server: Callable[..., RunningServer],
    register: Callable[..., dict[str, str]],
    proxies: Any,
    logins: Any,
    redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with proxies.reserved_port() as one, proxies.reserved_port() as two:
        bases = [f"http://127.0.0.1:{port}" for port in (one, two)]
        env = {**register(*bases), "FLUXLIT_SESSION_STORE": redis_url}
        for port in (one, two):
            runtime = tmp_path_factory.mktemp("r")
            start_server(
                cwd=EXAMPLE,
                arguments=("--port", str(port)),
                env={**env, "XDG_RUNTIME_DIR": str(runtime)},
                ui=port == one,
            )
        cookie = asyncio.run(log_in(logins, bases[0]))
        asyncio.run(check(logins, bases[1], cookie, status=200))
        with connect(
            bases[0].replace("http", "ws", 1) + "/_stcore/stream",
            additional_headers={"Cookie": cookie, "Origin": bases[0]},
        ) as socket:
            asyncio.run(log_out(logins, bases[1], cookie))
            with pytest.raises(ConnectionClosed) as closed:
                read_to_the_end(socket)
        for base in bases:
            asyncio.run(check(logins, base, cookie, status=401))

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


async def log_in(logins: Any, base: str) -> str:
    browser = logins.Browser()
    async with browser.client:
        browser.client.headers.update(NAVIGATION)
        await browser.log_in(f"{base}/", "ada", until=f"{base}/api/auth/callback")
        return next(f"{each.name}={each.value}" for each in browser.client.cookies.jar if "login_session" in each.name)


async def check(logins: Any, base: str, cookie: str, *, status: int) -> None:
    async with logins.Browser().client as client:
        answer = await client.get(f"{base}/api/orders", headers={"Cookie": cookie})
    assert answer.status_code == status
    assert status != 200 or answer.json() == ["tea", "milk"]


async def log_out(logins: Any, base: str, cookie: str) -> None:
    async with logins.Browser().client as client:
        answer = await client.get(f"{base}/api/auth/logout", headers={"Cookie": cookie}, follow_redirects=False)
    assert answer.status_code == 303
