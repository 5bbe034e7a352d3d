"""Trailer fields (RFC 9110, section 6.5): which pass, and that those which cannot do no harm.

uvicorn offers no way to send an answer's over HTTP/1.1, and the parser of the upstream side tells none. Of a request's,
uvicorn's httptools parser makes headers (those that have come before the application is called, in the list that it
gets; later ones, in the same list), so the rules for headers must hold for them too. A proxy may drop trailers.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.responses import PlainTextResponse

from fluxlit_gateway import build_gateway


async def test_trailers_of_an_answer_stay_behind_and_the_answer_is_whole(
    servers: Any, connect: Any, raw_upstream: Any
) -> None:
    connections = 0

    async def serve(reader: Any, writer: Any) -> None:
        nonlocal connections
        connections += 1
        for is_last in (False, True):
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n")
            writer.write(b"5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-FluxLit-User: admin\r\n\r\n")
            await writer.drain()
            if not is_last:
                await reader.readuntil(b"\r\n\r\n")

    gateway = await servers.gateway((await raw_upstream(serve)).address)
    client = await connect(gateway)
    for _ in range(2):
        await client.send("GET /x HTTP/1.1", "host: here")
        head = (await client.head()).lower()
        assert "transfer-encoding: chunked" in head
        assert "trailer" not in head
        assert await client.exactly(15) == b"5\r\nhello\r\n0\r\n\r\n"
    # The connection to the upstream was in step after the trailers, and carried the second request too.
    assert connections == 1


@pytest.mark.parametrize("path", ["/x", "/api/x"])
async def test_trailers_of_a_request_say_nothing_that_a_header_may_not_say(
    servers: Any, connect: Any, report_app: Any, path: str
) -> None:
    gateway = await servers.gateway(await servers(report_app))
    client = await connect(gateway)
    await client.send(f"POST {path} HTTP/1.1", "host: here", "transfer-encoding: chunked", "trailer: x-fluxlit-user")
    client.writer.write(b"5\r\nhello\r\n0\r\nX-FluxLit-User: admin\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n")
    await client.send(f"GET {path}-again HTTP/1.1", "host: here", "connection: close")
    both = await client.rest()
    assert both.count(b"HTTP/1.1 200 OK") == 2
    assert b'"length": 5' in both
    assert f'"path": "{path}-again"'.encode() in both
    assert b"admin" not in both
    assert b"10.0.0.1" not in both


@pytest.mark.parametrize("with_layers", [False, True])
async def test_trailers_that_come_after_the_head_are_not_added_to_the_headers_of_the_api(
    servers: Any, connect: Any, patience: float, *, with_layers: bool
) -> None:
    is_called = asyncio.Event()

    async def api(scope: Any, receive: Any, send: Any) -> None:
        before = list(scope["headers"])
        is_called.set()
        while (await receive())["more_body"]:
            pass
        same = scope["headers"] == before
        await PlainTextResponse("same" if same else "changed")(scope, receive, send)

    def passing(app: Any) -> Any:
        async def layer(scope: Any, receive: Any, send: Any) -> None:
            await app(scope, receive, send)

        return layer

    gateway = await servers.gateway(api=api, lifespan="off", layers=[passing] if with_layers else [], http="httptools")
    client = await connect(gateway)
    # An id of the client's own leaves the gateway with nothing to change about the headers.
    await client.send(
        "POST /api/x HTTP/1.1", "host: here", "transfer-encoding: chunked", "x-request-id: mine", "connection: close"
    )
    await asyncio.wait_for(is_called.wait(), patience)
    client.writer.write(b"5\r\nhello\r\n0\r\nX-FluxLit-User: admin\r\n\r\n")
    assert (await client.rest()).endswith(b"same")


async def test_trailers_of_the_api_pass_on_a_server_that_sends_them() -> None:
    async def api(scope: Any, receive: Any, send: Any) -> None:
        del receive
        assert "http.response.trailers" in scope["extensions"]
        await send({"type": "http.response.start", "status": 200, "headers": [], "trailers": True})
        await send({"type": "http.response.body", "body": b"hello"})
        await send({"type": "http.response.trailers", "headers": [(b"x-sum", b"1")]})

    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": "/api/x",
        "raw_path": b"/api/x",
        "query_string": b"",
        "headers": [(b"host", b"here"), (b"te", b"trailers")],
        "extensions": {"http.response.trailers": {}},
    }
    await build_gateway(api=api, upstream=None)(scope, receive, send)
    assert sent[0]["trailers"] is True
    assert sent[-1] == {"type": "http.response.trailers", "headers": [(b"x-sum", b"1")]}
