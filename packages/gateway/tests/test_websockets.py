from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from typing import Any

import pytest
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosed, InvalidStatus

MIB = 1 << 20


def client(url: str, **options: Any) -> Any:
    settings: dict[str, Any] = {"proxy": None, "max_size": None, "compression": None, **options}
    return open_socket(url, **settings)


async def test_h3_the_handshake_reaches_the_upstream_as_it_is_and_no_line_twice(servers: Any, report_app: Any) -> None:
    gateway = await servers.gateway(await servers(report_app, unix=True), options={"root_mount": "/m"})
    headers = [
        ("X-Forwarded-Prefix", "/evil"),
        ("X-FluxLit-User", "admin"),
        ("X-A", "1"),
        ("X-A", "2"),
        ("Cookie", "c=1"),
    ]
    async with client(
        gateway.ws + "/ext%2Fa%20b?z=%2F", subprotocols=["streamlit", "token"], additional_headers=headers
    ) as socket:
        seen = json.loads(await socket.recv())
        assert socket.subprotocol == "streamlit"
    assert (seen["raw_path"], seen["query"]) == ("/m/ext%2Fa%20b", "z=%2F")
    assert seen["subprotocols"] == ["streamlit", "token"]
    names = [name for name, _ in seen["headers"]]
    once = ("host", "sec-websocket-protocol", "sec-websocket-key", "sec-websocket-version", "upgrade", "connection")
    for name in (*once, "x-forwarded-prefix", "x-forwarded-proto", "x-request-id"):
        assert names.count(name) == 1, name
    values = dict(seen["headers"])
    assert values["x-forwarded-prefix"] == "/m"
    assert values["x-forwarded-proto"] == "ws"
    assert values["host"] == f"127.0.0.1:{gateway.port}"
    assert [value for name, value in seen["headers"] if name == "x-a"] == ["1", "2"]
    assert values["cookie"] == "c=1"
    assert "x-fluxlit-user" not in values
    assert "sec-websocket-extensions" not in values


@pytest.mark.parametrize("message", ["text ünï", "", b"bytes\x00\xff", b"", "x" * 100_000])
async def test_text_and_binary_messages_pass_by_type_empty_ones_too(
    servers: Any, report_app: Any, message: str | bytes
) -> None:
    gateway = await servers.gateway(await servers(report_app))
    async with client(gateway.ws + "/x") as socket:
        await socket.recv()
        await socket.send(message)
        assert await socket.recv() == message


@pytest.mark.parametrize("size", [MIB + 1, 3 * MIB, 64 * MIB])
async def test_h1_large_messages_pass_both_ways(servers: Any, report_app: Any, size: int) -> None:
    upstream = await servers(report_app, unix=True, ws_max_size=65 * MIB)
    gateway = await servers.gateway(upstream, ws_max_size=65 * MIB)
    async with client(gateway.ws + "/x") as socket:
        await socket.recv()
        message = b"x" * size
        await socket.send(message)
        assert await socket.recv() == message


async def test_a_message_over_the_limit_closes_both_sides_with_1009(servers: Any, patience: float) -> None:
    codes: asyncio.Queue[int] = asyncio.Queue()

    async def upstream(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        if scope["path"] == "/down":
            await send({"type": "websocket.send", "bytes": b"x" * 2000})
        await codes.put((await receive())["code"])

    gateway = await servers.gateway(await servers(upstream, lifespan="off"), options={"ws_max_message_bytes": 1000})
    for path in ("/down", "/up"):
        async with client(gateway.ws + path) as socket:
            if path == "/up":
                await socket.send(b"x" * 2000)
            with pytest.raises(ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), patience)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009
        assert await asyncio.wait_for(codes.get(), patience) == 1009


async def test_fragments_arrive_as_one_message(servers: Any, report_app: Any) -> None:
    gateway = await servers.gateway(await servers(report_app))
    async with client(gateway.ws + "/x") as socket:
        await socket.recv()
        await socket.send(["one ", "two ", "three"])
        assert await socket.recv() == "one two three"
        await socket.send([b"a", b"b"])
        assert await socket.recv() == b"ab"


async def test_pings_are_answered(servers: Any, report_app: Any, patience: float) -> None:
    gateway = await servers.gateway(await servers(report_app))
    async with client(gateway.ws + "/x") as socket:
        pong = await socket.ping()
        assert await asyncio.wait_for(pong, patience) >= 0


@pytest.mark.parametrize(
    ("code", "reason"), [(1000, ""), (1001, "bye"), (1011, "oops"), (4000, "née"), (4999, "x" * 123)]
)
async def test_h2_the_upstreams_close_code_and_reason_reach_the_browser(
    servers: Any, patience: float, code: int, reason: str
) -> None:
    async def upstream(scope: Any, receive: Any, send: Any) -> None:
        del scope
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": "last words"})
        await send({"type": "websocket.close", "code": code, "reason": reason})

    gateway = await servers.gateway(await servers(upstream, lifespan="off"))
    async with client(gateway.ws + "/x") as socket:
        assert await socket.recv() == "last words"
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(socket.recv(), patience)
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (code, reason)


@pytest.mark.parametrize(("code", "reason"), [(1000, ""), (1001, "away"), (4009, "mine")])
async def test_h2_the_browsers_close_code_and_reason_reach_the_upstream(
    servers: Any, patience: float, code: int, reason: str
) -> None:
    closed: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def upstream(scope: Any, receive: Any, send: Any) -> None:
        del scope
        await receive()
        await send({"type": "websocket.accept"})
        closed.set_result(await receive())

    gateway = await servers.gateway(await servers(upstream, lifespan="off"))
    async with client(gateway.ws + "/x") as socket:
        await socket.close(code, reason)
    message = await asyncio.wait_for(closed, patience)
    assert (message["code"], message["reason"]) == (code, reason)


async def test_a_browser_that_vanishes_ends_the_upstreams_side(servers: Any, patience: float) -> None:
    accepted, ended = asyncio.Event(), asyncio.Event()

    async def upstream(scope: Any, receive: Any, send: Any) -> None:
        del scope
        await receive()
        await send({"type": "websocket.accept"})
        accepted.set()
        if (await receive())["type"] == "websocket.disconnect":
            ended.set()

    gateway = await servers.gateway(await servers(upstream, lifespan="off"))
    socket = await client(gateway.ws + "/x")
    await asyncio.wait_for(accepted.wait(), patience)
    socket.transport.abort()
    await asyncio.wait_for(ended.wait(), patience)


async def test_an_upstream_that_vanishes_ends_the_browsers_side_with_1011(
    servers: Any, raw_upstream: Any, patience: float
) -> None:
    serve = Accepting(leave)
    serve.raw = await raw_upstream(serve)
    gateway = await servers.gateway(serve.raw.address)
    async with client(gateway.ws + "/x") as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(socket.recv(), patience)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1011


class Accepting:
    """A raw upstream that accepts the handshake properly and then does something else."""

    def __init__(self, then: Any) -> None:
        self.then = then
        self.raw: Any = None

    async def __call__(self, reader: Any, writer: Any) -> None:
        head = self.raw.heads[-1].decode("latin-1")
        key = next(line.partition(": ")[2] for line in head.split("\r\n") if line.startswith("sec-websocket-key"))
        guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1((key + guid).encode()).digest())
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        await writer.drain()
        await self.then(reader, writer)


async def leave(reader: Any, writer: Any) -> None:
    del reader
    writer.close()


async def keep_silent(reader: Any, writer: Any) -> None:
    del writer
    while await reader.read(65536):
        pass


@pytest.mark.parametrize("status", [401, 403, 404, 503])
async def test_the_upstreams_refusal_is_passed_on(servers: Any, status: int) -> None:
    async def upstream(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        headers = [(b"x-why", b"because"), (b"content-type", b"text/plain")]
        await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": b"no"})

    gateway = await servers.gateway(await servers(upstream, lifespan="off"))
    with pytest.raises(InvalidStatus) as refusal:
        await client(gateway.ws + "/x")
    response = refusal.value.response
    assert (response.status_code, response.headers["x-why"], response.body) == (status, "because", b"no")


HANDSHAKE = (
    "GET /x HTTP/1.1",
    "host: here",
    "upgrade: websocket",
    "connection: Upgrade",
    "sec-websocket-version: 13",
    "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
)


async def test_a_redirect_of_the_handshake_is_not_followed(servers: Any, connect: Any, raw_upstream: Any) -> None:
    async def serve(reader: Any, writer: Any) -> None:
        del reader
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    raw = await raw_upstream(serve)
    gateway = await servers.gateway(raw.address)
    browser = await connect(gateway)
    await browser.send(*HANDSHAKE)
    head = await browser.head()
    assert head.startswith("HTTP/1.1 302 ")
    assert "ws://127.0.0.1:1/" in head
    assert len(raw.heads) == 1


@pytest.mark.parametrize("upstream", [None, "unix:/nowhere/at/all.sock"])
async def test_without_an_upstream_the_handshake_is_refused(servers: Any, upstream: Any) -> None:
    gateway = await servers.gateway(upstream)
    with pytest.raises(InvalidStatus) as refusal:
        await client(gateway.ws + "/x")
    assert refusal.value.response.status_code == (503 if upstream is None else 502)


async def test_an_upstream_that_does_not_finish_the_handshake_is_a_gateway_timeout(
    servers: Any, raw_upstream: Any
) -> None:
    async def serve(reader: Any, writer: Any) -> None:
        del writer
        await reader.read()

    gateway = await servers.gateway((await raw_upstream(serve)).address, options={"ws_open_timeout_s": 0.1})
    with pytest.raises(InvalidStatus) as refusal:
        await client(gateway.ws + "/x")
    assert refusal.value.response.status_code == 504


async def test_a_slow_browser_slows_the_upstream_down(servers: Any, patience: float) -> None:
    sent = 0
    is_stuck = asyncio.Event()

    async def upstream(scope: Any, receive: Any, send: Any) -> None:
        nonlocal sent
        del scope
        await receive()
        await send({"type": "websocket.accept"})
        for _ in range(200):
            sending = asyncio.ensure_future(send({"type": "websocket.send", "bytes": b"x" * MIB}))
            done, _ = await asyncio.wait({sending}, timeout=1)
            if not done:
                is_stuck.set()
            await sending
            sent += 1
        await send({"type": "websocket.close"})

    gateway = await servers.gateway(await servers(upstream, lifespan="off", unix=True))
    async with client(gateway.ws + "/x", max_queue=1) as socket:
        await asyncio.wait_for(is_stuck.wait(), patience)
        assert sent < 100
        received = 0
        async for message in socket:
            received += len(message)
    assert received == 200 * MIB


async def test_a_slow_upstream_slows_the_browser_down(servers: Any, patience: float) -> None:
    goes_on = asyncio.Event()

    async def upstream(scope: Any, receive: Any, send: Any) -> None:
        del scope
        await receive()
        await send({"type": "websocket.accept"})
        await asyncio.wait_for(goes_on.wait(), patience)
        while (await receive())["type"] != "websocket.disconnect":
            pass

    gateway = await servers.gateway(await servers(upstream, lifespan="off", unix=True))
    async with client(gateway.ws + "/x") as socket:

        async def flood() -> None:
            for _ in range(200):
                await socket.send(b"x" * MIB)

        flooding = asyncio.create_task(flood())
        done, _ = await asyncio.wait({flooding}, timeout=1)
        assert not done
        goes_on.set()
        await asyncio.wait_for(flooding, patience)


def test_h3_a_page_that_keeps_its_process_busy_is_not_taken_for_dead() -> None:
    from fluxlit_gateway import GatewayOptions
    from fluxlit_gateway.upstream.addresses import parse_address
    from fluxlit_gateway.websocket_proxy.connecting import ping_interval

    for address in ("unix:/run/ui.sock", "http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1"):
        assert ping_interval(parse_address(address), GatewayOptions()) is None
    assert ping_interval(parse_address("http://elsewhere:1"), GatewayOptions()) == 20
    assert ping_interval(parse_address("unix:/run/ui.sock"), GatewayOptions(ws_ping_interval_s=3)) == 3


async def test_a_silent_upstream_is_given_up_when_pings_are_asked_for(
    servers: Any, raw_upstream: Any, patience: float
) -> None:
    serve = Accepting(keep_silent)
    serve.raw = await raw_upstream(serve)
    gateway = await servers.gateway(serve.raw.address, options={"ws_ping_interval_s": 0.05, "ws_ping_timeout_s": 0.05})
    async with client(gateway.ws + "/x") as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(socket.recv(), patience)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1011


async def test_an_upstream_that_never_finishes_the_closing_handshake_is_left(
    servers: Any, raw_upstream: Any, patience: float
) -> None:
    is_gone = asyncio.Event()

    async def hold(reader: Any, writer: Any) -> None:
        await keep_silent(reader, writer)
        is_gone.set()

    serve = Accepting(hold)
    serve.raw = await raw_upstream(serve)
    gateway = await servers.gateway(serve.raw.address, options={"ws_close_timeout_s": 0.1})
    async with client(gateway.ws + "/x"):
        pass
    await asyncio.wait_for(is_gone.wait(), patience)


async def test_websockets_of_the_api_are_the_apis_own(servers: Any, report_app: Any) -> None:
    gateway = await servers.gateway(api=report_app, options={"root_mount": "/m"})
    async with client(gateway.ws + "/api/ws%20x") as socket:
        seen = json.loads(await socket.recv())
    assert (seen["path"], seen["root_path"]) == ("/m/api/ws x", "/m/api")


async def test_a_gateway_that_stops_tells_browsers_1012(servers: Any, report_app: Any, patience: float) -> None:
    gateway = await servers.gateway(await servers(report_app))
    async with client(gateway.ws + "/x") as socket:
        await socket.recv()
        await servers.stop_one(gateway)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(socket.recv(), patience)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
