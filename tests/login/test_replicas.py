"""Two replicas on one Redis: logins and logouts hold for both, and a restart of both changes nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page
    from websockets.sync.client import ClientConnection

    from fluxlit_testing.running_server import RunningServer

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "login"
SECONDS = 30
MILLISECONDS = 60_000
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


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_login_that_one_replica_began_ends_at_another_and_outlives_both(
    register: Callable[..., dict[str, str]],
    replicas: Any,
    redis_url: str,
    browser_page: Page,
    fill_in_the_form: Callable[[Page, str], None],
) -> None:
    def leave(replica: Any) -> None:
        cluster.set_state(replica, "maint")
        assert replica.terminate() == 0

    def take_over(replica: Any) -> None:
        cluster.set_state(replica, "ready")
        cluster.wait_until_up(replica)

    with replicas.reserved_port() as port:
        base = f"http://127.0.0.1:{port}"
        env = {**register(base), "FLUXLIT_SESSION_STORE": redis_url, "FLUXLIT_SHUTDOWN_DELAY_S": "0"}
        with (
            replicas.running_replicas(2, env, cwd=EXAMPLE) as (one, two),
            replicas.balanced([one, two], sticky=False, port=port) as cluster,
        ):
            cluster.set_state(two, "maint")
            browser_page.goto(f"{base}/")
            browser_page.locator("input[name=login]").wait_for(timeout=MILLISECONDS)
            # State, nonce and the PKCE verifier of this login are made; who made them goes.
            leave(one)
            take_over(two)
            fill_in_the_form(browser_page, "ada")
            expect(browser_page.get_by_role("heading", name="Orders of ada")).to_be_visible(timeout=MILLISECONDS)

            one.start()
            one.wait_until_ready()
            take_over(one)
            leave(two)
            # The tab comes back by itself, at the other replica, as the same user.
            browser_page.get_by_role("link", name="About").click(timeout=MILLISECONDS)
            expect(browser_page.get_by_text("You are ada.")).to_be_visible(timeout=MILLISECONDS)
            assert browser_page.request.get(f"{base}/api/orders").json() == ["tea", "milk"]

            two.start()
            two.wait_until_ready()
            take_over(two)
            browser_page.goto(f"{base}/")
            expect(browser_page.get_by_text("tea, milk")).to_be_visible(timeout=MILLISECONDS)
            assert browser_page.url == f"{base}/"
