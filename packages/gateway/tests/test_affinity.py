from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import connect as open_socket

from fluxlit_gateway.affinity.cookie import AffinityCookie
from fluxlit_gateway.affinity.placement import Placement

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE = {"accept": "text/html"}


@dataclass
class Target:
    name: str
    address: str = ""
    accepts_new: bool = True
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass
class Targets:
    """An upstream whose targets a test changes."""

    all: list[Target]
    state: str = "ready"

    def targets(self) -> list[Target]:
        return self.all

    def describe(self) -> dict[str, object]:
        return {"sidecars": [{"name": target.name} for target in self.all]}


def named(name: str) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.send", "text": name})
            while (await receive())["type"] != "websocket.disconnect":
                pass
            return
        body = json.dumps({"name": name, "headers": dict_of(scope["headers"])}).encode()
        headers = [(b"content-length", b"%d" % len(body)), (b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


def dict_of(headers: Any) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in headers}


async def several(servers: Any, *names: str) -> Targets:
    running = [await servers(named(name), lifespan="off", unix=True) for name in names]
    return Targets([Target(name, each.address) for name, each in zip(names, running, strict=True)])


async def test_a_browser_stays_on_its_target_with_pages_sockets_and_uploads(servers: Any) -> None:
    targets = await several(servers, "a", "b", "c")
    gateway = await servers.gateway(targets)
    homes: list[str] = []
    for _ in range(6):
        async with httpx.AsyncClient(trust_env=False) as browser:
            home = (await browser.get(gateway.base + "/", headers=PAGE)).json()["name"]
            homes.append(home)
            cookie = browser.cookies["fluxlit_target"]
            async with open_socket(
                gateway.ws + "/x", proxy=None, additional_headers={"cookie": f"fluxlit_target={cookie}"}
            ) as socket:
                assert await socket.recv() == home
                assert socket.response is not None
                assert "set-cookie" not in socket.response.headers
            again = await browser.put(gateway.base + "/upload", content=b"x")
            assert again.json()["name"] == home
            assert "set-cookie" not in again.headers
    assert {homes.count(name) for name in "abc"} == {2}


async def test_the_cookie_is_kept_from_scripts_other_sites_and_other_mounts(servers: Any) -> None:
    targets = await several(servers, "a")
    gateway = await servers.gateway(targets, options={"root_mount": "/m"}, proxy_headers=True)
    async with httpx.AsyncClient(trust_env=False) as browser:
        plain = (await browser.get(gateway.base + "/m/", headers=PAGE)).headers["set-cookie"]
        browser.cookies.clear()
        secure = await browser.get(gateway.base + "/m/", headers={**PAGE, "x-forwarded-proto": "https"})
    attributes = {part.strip() for part in plain.split(";")[1:]}
    assert attributes == {"Path=/m", "HttpOnly", "SameSite=Lax"}
    assert "; Secure" in secure.headers["set-cookie"]


async def test_the_api_assets_and_programs_get_no_cookie(servers: Any) -> None:
    gateway = await servers.gateway(await several(servers, "a"))
    async with httpx.AsyncClient(trust_env=False) as program:
        for path, headers in (
            ("/api/x", PAGE),
            ("/static/a.js", {"accept": "*/*"}),
            ("/", {"accept": "application/json"}),
        ):
            assert "set-cookie" not in (await program.get(gateway.base + path, headers=headers)).headers
    async with open_socket(gateway.ws + "/x", proxy=None) as socket:
        assert socket.response is not None
        assert socket.response.headers["set-cookie"].startswith("fluxlit_target=")


async def test_a_draining_target_keeps_its_browsers_and_gets_no_new_ones(servers: Any) -> None:
    targets = await several(servers, "old", "new")
    old, new = targets.all
    targets.all = [old]
    gateway = await servers.gateway(targets)
    async with httpx.AsyncClient(trust_env=False) as browser:
        assert (await browser.get(gateway.base + "/", headers=PAGE)).json()["name"] == "old"
        old.accepts_new = False
        targets.all = [old, new]
        assert (await browser.get(gateway.base + "/", headers=PAGE)).json()["name"] == "old"
        for _ in range(3):
            async with httpx.AsyncClient(trust_env=False) as another:
                assert (await another.get(gateway.base + "/", headers=PAGE)).json()["name"] == "new"
        targets.all = [new]  # the old one has gone: the browser is placed anew and told so
        moved = await browser.get(gateway.base + "/", headers=PAGE)
        assert moved.json()["name"] == "new"
        assert "set-cookie" in moved.headers
        targets.all = [old]
        async with httpx.AsyncClient(trust_env=False) as another:
            assert (await another.get(gateway.base + "/", headers=PAGE)).status_code == 503


async def test_a_target_that_refuses_connections_is_passed_over(servers: Any) -> None:
    targets = await several(servers, "alive")
    targets.all.insert(0, Target("dead", "unix:/nowhere/at/all.sock"))
    gateway = await servers.gateway(targets)
    async with httpx.AsyncClient(trust_env=False) as browser:
        for _ in range(3):
            assert (await browser.get(gateway.base + "/", headers=PAGE)).json()["name"] == "alive"
        assert (await browser.post(gateway.base + "/", content=b"x")).json()["name"] == "alive"
    for _ in range(3):
        async with open_socket(gateway.ws + "/x", proxy=None) as socket:
            assert await socket.recv() == "alive"


async def test_headers_of_the_private_hop_reach_the_target_and_nobody_else_sets_them(servers: Any) -> None:
    targets = await several(servers, "a")
    targets.all[0].headers = {"X-FluxLit-Secret": "per-run"}
    gateway = await servers.gateway(targets)
    async with httpx.AsyncClient(trust_env=False) as browser:
        seen = (await browser.get(gateway.base + "/", headers={"x-fluxlit-secret": "forged"})).json()
    assert seen["headers"]["x-fluxlit-secret"] == "per-run"


KEY = b"k" * 32


@given(st.text(min_size=1, max_size=40))
def test_a_cookie_tells_the_name_that_was_put_in(name: str) -> None:
    cookie = AffinityCookie("fluxlit_target", KEY)
    _, header = cookie.header(name, path="", secure=False)
    pair = header.partition(b";")[0]
    assert cookie.read([(b"cookie", b"a=b; " + pair + b"; c=d")]) == name
    assert AffinityCookie("fluxlit_target", b"another").read([(b"cookie", pair)]) is None


@given(st.binary(max_size=60), st.integers(0, 60))
def test_a_cookie_that_was_tampered_with_is_none(noise: bytes, place: int) -> None:
    cookie = AffinityCookie("fluxlit_target", KEY)
    pair = cookie.header("sidecar-1", path="", secure=False)[1].partition(b";")[0]
    forged = pair[:place] + noise + pair[place:]
    value = forged.partition(b";")[0].strip()
    if value != pair:
        assert cookie.read([(b"cookie", b"fluxlit_target=" + noise), (b"cookie", value)]) is None


def test_new_browsers_go_where_the_fewest_sockets_are_and_a_crowd_is_spread() -> None:
    now = [0.0]
    placement = Placement(clock=lambda: now[0])
    targets = [Target("a"), Target("b")]
    for name in ("a", "a", "b"):
        placement.opened(name)
    chosen: list[str] = []
    for _ in range(5):
        target = placement.choose(targets, None)
        assert target is not None
        placement.expect(target.name)
        chosen.append(target.name)
    assert chosen == ["b", "a", "b", "a", "b"]
    now[0] = 60.0  # none of them opened a socket: they were programs
    target = placement.choose(targets, None)
    assert target is not None
    assert target.name == "b"
    for name in ("a", "a", "b"):
        placement.closed(name)
    assert placement.live() == {}
