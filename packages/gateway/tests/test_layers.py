from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocketClose
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import InvalidStatus

from fluxlit_gateway import AppUpstream
from fluxlit_gateway.security_headers import SecurityHeaders

if TYPE_CHECKING:
    from collections.abc import Callable

FORGED = {"x-fluxlit-user": "admin", "traceparent": "of-the-client", "x-request-id": "mine"}


class Note:
    """A layer that writes down what it sees and adds a header for the UI."""

    def __init__(self, app: Any, name: str, seen: list[Any]) -> None:
        self.app = app
        self.name = name
        self.seen = seen

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        state = scope["state"]
        self.seen.append((self.name, scope["type"], scope["path"], state["request_id"]))
        state["upstream_headers"].append((b"X-FluxLit-User", self.name.encode()))
        state["upstream_headers"].append((b"Traceparent", b"of-the-gateway"))
        await self.app({**scope, "mine": self.name}, receive, send)


def noting(name: str, seen: list[Any]) -> Callable[[Any], Note]:
    return lambda app: Note(app, name, seen)


def refusing(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> None:
        if not scope["path"].startswith("/secret"):
            await app(scope, receive, send)
        elif scope["type"] == "http":
            await PlainTextResponse("no", 401)(scope, receive, send)
        else:
            await send({"type": "websocket.http.response.start", "status": 401, "headers": []})
            await send({"type": "websocket.http.response.body", "body": b"no"})

    return layer


def values(seen: dict[str, Any], name: str) -> list[str]:
    return [value for key, value in seen["headers"] if key == name]


@pytest.mark.parametrize("is_app", [False, True])
async def test_what_layers_add_reaches_the_ui_by_http_and_websocket_and_nothing_that_a_client_says(
    servers: Any, report_app: Any, *, is_app: bool
) -> None:
    upstream = AppUpstream(report_app) if is_app else await servers(report_app, unix=True)
    seen: list[Any] = []
    gateway = await servers.gateway(upstream, layers=[noting("outer", seen), noting("inner", seen)])
    async with httpx.AsyncClient(trust_env=False) as client:
        by_http = (await client.get(gateway.base + "/page", headers=FORGED)).json()
    async with open_socket(gateway.ws + "/socket", proxy=None, additional_headers=FORGED) as socket:
        by_socket = json.loads(await socket.recv())
    for report in (by_http, by_socket):
        assert values(report, "x-fluxlit-user") == ["outer", "inner"]
        assert values(report, "traceparent") == ["of-the-gateway"] * 2
        assert values(report, "x-request-id") == ["mine"]
    assert seen == [
        ("outer", "http", "/page", "mine"),
        ("inner", "http", "/page", "mine"),
        ("outer", "websocket", "/socket", "mine"),
        ("inner", "websocket", "/socket", "mine"),
    ]


async def test_without_layers_nobody_adds_identity(servers: Any, report_app: Any) -> None:
    gateway = await servers.gateway(await servers(report_app))
    async with httpx.AsyncClient(trust_env=False) as client:
        report = (await client.get(gateway.base + "/page", headers=FORGED)).json()
    assert values(report, "x-fluxlit-user") == []
    assert values(report, "traceparent") == ["of-the-client"]


async def test_the_api_finds_the_state_of_the_layers_and_probes_pass_them_too(servers: Any) -> None:
    async def api(scope: Any, receive: Any, send: Any) -> None:
        state = {key: str(value) for key, value in scope["state"].items()}
        await PlainTextResponse(json.dumps({**state, "mine": scope["mine"]}))(scope, receive, send)

    seen: list[Any] = []
    gateway = await servers.gateway(api=api, layers=[noting("only", seen)], lifespan="off")
    async with httpx.AsyncClient(trust_env=False) as client:
        response = await client.get(gateway.base + "/api/x")
        probe = await client.get(gateway.base + "/api/healthz")
    assert response.json()["request_id"] == response.headers["x-request-id"] == seen[0][3]
    assert response.json()["mine"] == "only"
    assert probe.status_code == 200
    assert [entry[2] for entry in seen] == ["/api/x", "/api/healthz"]


async def test_the_request_id_is_in_the_state_without_layers_as_well(servers: Any) -> None:
    async def api(scope: Any, receive: Any, send: Any) -> None:
        await PlainTextResponse(scope["state"]["request_id"])(scope, receive, send)

    gateway = await servers.gateway(api=api, lifespan="off")
    async with httpx.AsyncClient(trust_env=False) as client:
        for headers in ({}, {"x-request-id": "mine"}):
            response = await client.get(gateway.base + "/api/x", headers=headers)
            assert response.text == response.headers["x-request-id"]


async def test_what_a_layer_refuses_is_logged_with_its_id_and_carries_the_security_headers(
    servers: Any, report_app: Any, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = await servers.gateway(
        await servers(report_app),
        layers=[refusing],
        options={"access_log": True, "ui_security_headers": SecurityHeaders.for_streamlit()},
    )
    with caplog.at_level(logging.INFO, logger="fluxlit.gateway"):
        async with httpx.AsyncClient(trust_env=False) as client:
            page = await client.get(gateway.base + "/secret")
            other = await client.get(gateway.base + "/open")
        with pytest.raises(InvalidStatus) as refusal:
            await open_socket(gateway.ws + "/secret", proxy=None)
    handshake = refusal.value.response
    assert (page.status_code, handshake.status_code, other.status_code) == (401, 401, 200)
    assert page.headers["x-content-type-options"] == "nosniff"
    assert other.headers.get_list("x-content-type-options") == ["nosniff"]
    # A test that has set up uvicorn's loggers may have run before.
    records = [record for record in caplog.records if not record.name.startswith("uvicorn")]
    assert {record.name for record in records} == {"fluxlit.gateway"}
    logged = {(record.__dict__["request_id"], record.__dict__["status"]) for record in records}
    assert {(page.headers["x-request-id"], 401), (handshake.headers["x-request-id"], 401)} <= logged


async def test_layers_see_only_what_was_let_in_and_the_answers_to_failures(servers: Any) -> None:
    seen: list[Any] = []
    statuses: list[int] = []

    def watching(app: Any) -> Any:
        async def layer(scope: Any, receive: Any, send: Any) -> None:
            async def noted(message: Any) -> None:
                if message["type"] == "http.response.start":
                    statuses.append(message["status"])
                await send(message)

            await app(scope, receive, noted)

        return layer

    gateway = await servers.gateway(
        None, layers=[noting("only", seen), watching], options={"allowed_hosts": ["127.0.0.1"]}
    )
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(gateway.base + "/x", headers={"host": "evil.example"})).status_code == 400
        assert seen == []
        assert (await client.get(gateway.base + "/x")).status_code == 503
    assert statuses == [503]
    evil = {"origin": "http://evil.example"}
    with pytest.raises(InvalidStatus):
        await open_socket(gateway.ws + "/x", proxy=None, additional_headers=evil)
    assert len(seen) == 1


async def test_a_layer_may_refuse_a_websocket_by_closing_it(servers: Any, report_app: Any) -> None:
    def closing(app: Any) -> Any:
        del app
        return WebSocketClose(code=4403)

    gateway = await servers.gateway(await servers(report_app), layers=[closing])
    with pytest.raises(InvalidStatus) as refusal:
        await open_socket(gateway.ws + "/x", proxy=None)
    assert refusal.value.response.status_code == 403
