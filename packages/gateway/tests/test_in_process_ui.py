from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from fluxlit_gateway import AppUpstream

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

EVIL = {"origin": "http://evil.example"}


async def test_an_application_in_this_process_sees_what_a_server_behind_an_address_would(
    servers: Any, report_app: Any
) -> None:
    gateway = await servers.gateway(AppUpstream(report_app), options={"root_mount": "/m"})
    headers = {"x-fluxlit-user": "admin", "x-forwarded-for": "10.9.9.9", "te": "trailers", "x-request-id": "mine"}
    async with httpx.AsyncClient(trust_env=False) as client:
        response = await client.post(gateway.base + "/page%2Fx?a=%2F", headers=headers, content=b"hello")
    seen = response.json()
    assert (seen["raw_path"], seen["path"], seen["root_path"]) == ("/m/page%2Fx", "/m/page/x", "")
    assert (seen["query"], seen["length"]) == ("a=%2F", 5)
    values = dict(seen["headers"])
    assert values["x-forwarded-for"] == "127.0.0.1"
    assert values["x-forwarded-prefix"] == "/m"
    assert not {"x-fluxlit-user", "te", "connection"} & set(values)
    assert response.headers.get_list("x-request-id") == ["mine"] == [values["x-request-id"]]


async def test_its_websockets_work_and_are_refused_to_other_origins(servers: Any, report_app: Any) -> None:
    gateway = await servers.gateway(AppUpstream(report_app))
    async with open_socket(gateway.ws + "/ws", proxy=None, subprotocols=[Subprotocol("streamlit")]) as socket:
        assert json.loads(await socket.recv())["subprotocols"] == ["streamlit"]
        assert socket.subprotocol == "streamlit"
        await socket.send("hello")
        assert await socket.recv() == "hello"
    with pytest.raises(InvalidStatus) as refusal:
        await open_socket(gateway.ws + "/ws", proxy=None, additional_headers=EVIL)
    assert refusal.value.response.status_code == 403
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(gateway.base + "/x", headers=EVIL)).status_code == 403


async def test_its_uploads_have_the_same_limit(servers: Any, report_app: Any) -> None:
    gateway = await servers.gateway(AppUpstream(report_app), options={"max_proxy_body_bytes": 10})

    async def pieces() -> AsyncGenerator[bytes]:
        yield b"x" * 6
        yield b"x" * 6

    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(gateway.base + "/x", content=b"x" * 10)).status_code == 200
        assert (await client.post(gateway.base + "/x", content=b"x" * 11)).status_code == 413
        assert (await client.post(gateway.base + "/x", content=pieces())).status_code == 413


def living(log: list[str], name: str, *, fails: str = "") -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "lifespan"
        for phase in ("startup", "shutdown"):
            assert (await receive())["type"] == f"lifespan.{phase}"
            log.append(f"{name} {phase}")
            if fails == phase:
                await send({"type": f"lifespan.{phase}.failed", "message": f"{name} is ill"})
                return
            scope["state"][name] = phase
            await send({"type": f"lifespan.{phase}.complete"})

    return app


async def run_lifespan(gateway: Any) -> tuple[list[str], dict[str, Any]]:
    incoming = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[Any] = []

    async def receive() -> Any:
        return incoming.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    state: dict[str, Any] = {}
    await gateway({"type": "lifespan", "state": state}, receive, send)
    return [message["type"] + ":" + message.get("message", "") for message in sent], state


async def test_both_applications_live_from_startup_to_shutdown_in_order_and_share_the_servers_state(
    servers: Any,
) -> None:
    log: list[str] = []
    gateway = servers.build(AppUpstream(living(log, "ui")), api=living(log, "api"))
    sent, state = await run_lifespan(gateway)
    assert sent == ["lifespan.startup.complete:", "lifespan.shutdown.complete:"]
    assert log == ["ui startup", "api startup", "api shutdown", "ui shutdown"]
    assert state == {"ui": "shutdown", "api": "shutdown"}


async def test_a_startup_that_fails_stops_what_had_started_and_says_why(servers: Any) -> None:
    log: list[str] = []
    gateway = servers.build(AppUpstream(living(log, "ui")), api=living(log, "api", fails="startup"))
    sent, _ = await run_lifespan(gateway)
    assert sent == ["lifespan.startup.failed:api is ill"]
    assert log == ["ui startup", "api startup", "ui shutdown"]


async def test_a_shutdown_that_fails_is_told(servers: Any) -> None:
    gateway = servers.build(None, api=living([], "api", fails="shutdown"))
    sent, _ = await run_lifespan(gateway)
    assert sent == ["lifespan.startup.complete:", "lifespan.shutdown.failed:api is ill"]


async def test_an_api_without_a_lifespan_is_served_all_the_same(servers: Any) -> None:
    async def api(scope: Any, receive: Any, send: Any) -> None:
        del receive, send
        if scope["type"] != "http":
            raise RuntimeError("only HTTP here")

    sent, _ = await run_lifespan(servers.build(None, api=api))
    assert sent == ["lifespan.startup.complete:", "lifespan.shutdown.complete:"]
