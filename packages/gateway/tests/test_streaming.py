from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx2 as httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CHUNK = b"x" * (1 << 16)


async def test_h7_events_arrive_one_by_one_and_the_head_before_all_of_them(servers: Any, patience: float) -> None:
    goes_on = asyncio.Event()

    async def upstream(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        for number in range(4):
            await asyncio.wait_for(goes_on.wait(), patience)
            goes_on.clear()
            await send({"type": "http.response.body", "body": b"data: %d\n\n" % number, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    gateway = await servers.gateway(await servers(upstream, lifespan="off", unix=True))
    # The next event is made only after the last one has arrived: held back anywhere, this would never end.
    async with (
        httpx.AsyncClient(trust_env=False, timeout=patience) as client,
        client.stream("GET", gateway.base + "/events") as response,
    ):
        assert response.headers["content-type"] == "text/event-stream"
        events = response.aiter_raw()
        for number in range(4):
            goes_on.set()
            assert await anext(events) == b"data: %d\n\n" % number


async def test_h10_a_client_that_leaves_ends_the_request_to_the_upstream(
    servers: Any, connect: Any, patience: float
) -> None:
    arrived, ended = asyncio.Event(), asyncio.Event()

    async def upstream(scope: Any, receive: Any, send: Any) -> None:
        del scope, send
        await receive()
        arrived.set()
        if (await receive())["type"] == "http.disconnect":
            ended.set()

    gateway = await servers.gateway(
        await servers(upstream, lifespan="off"), options={"max_concurrent_upstream_http": 1}
    )
    for request in (["GET /x HTTP/1.1", "host: here"], ["POST /x HTTP/1.1", "host: here", "content-length: 0"]):
        client = await connect(gateway)
        await client.send(*request)
        await asyncio.wait_for(arrived.wait(), patience)
        client.writer.close()
        await asyncio.wait_for(ended.wait(), patience)
        arrived.clear()
        ended.clear()


async def test_h10_a_client_that_leaves_in_the_middle_of_an_answer_ends_it(
    servers: Any, connect: Any, patience: float
) -> None:
    ended = asyncio.Event()

    async def upstream(scope: Any, receive: Any, send: Any) -> None:
        del scope
        await receive()
        gone = asyncio.create_task(receive())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while not gone.done():
            await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
            await asyncio.wait({gone}, timeout=0.001)
        ended.set()

    gateway = await servers.gateway(await servers(upstream, lifespan="off"))
    client = await connect(gateway)
    await client.send("GET /x HTTP/1.1", "host: here")
    await client.exactly(1000)
    client.writer.transport.abort()
    await asyncio.wait_for(ended.wait(), patience)


@pytest.mark.parametrize("framing", ["transfer-encoding: chunked", "content-length: 1000"])
async def test_h10_an_upload_that_breaks_off_is_not_delivered_as_complete(
    servers: Any, connect: Any, patience: float, framing: str
) -> None:
    outcome: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
    begun = asyncio.Event()

    async def upstream(scope: Any, receive: Any, send: Any) -> None:
        del scope, send
        messages: list[Any] = []
        while not messages or messages[-1].get("more_body"):
            messages.append(await receive())
            begun.set()
        outcome.set_result(messages)

    gateway = await servers.gateway(await servers(upstream, lifespan="off"))
    client = await connect(gateway)
    await client.send("POST /x HTTP/1.1", "host: here", framing)
    client.writer.write(b"5\r\nhello\r\n" if "chunked" in framing else b"hello")
    await client.writer.drain()
    await asyncio.wait_for(begun.wait(), patience)
    client.writer.close()
    messages = await asyncio.wait_for(outcome, patience)
    assert messages[-1]["type"] == "http.disconnect"
    assert b"".join(message.get("body", b"") for message in messages) in {b"", b"hello"}


async def test_an_upload_goes_up_while_it_comes_in(servers: Any, connect: Any, patience: float) -> None:
    received: asyncio.Queue[bytes] = asyncio.Queue()

    async def upstream(scope: Any, receive: Any, send: Any) -> None:
        del scope
        more = True
        while more:
            message = await receive()
            more = message.get("more_body", False)
            await received.put(message.get("body", b""))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    gateway = await servers.gateway(await servers(upstream, lifespan="off"))
    client = await connect(gateway)
    await client.send("POST /x HTTP/1.1", "host: here", "transfer-encoding: chunked")
    for piece in (b"one", b"two"):
        client.writer.write(b"3\r\n" + piece + b"\r\n")
        assert await asyncio.wait_for(received.get(), patience) == piece
    client.writer.write(b"0\r\n\r\n")
    assert (await client.head()).startswith("HTTP/1.1 200 ")


async def test_an_answer_that_comes_before_the_upload_is_over_arrives(
    servers: Any, connect: Any, raw_upstream: Any
) -> None:
    async def serve(reader: Any, writer: Any) -> None:
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
        await writer.drain()
        await reader.read(1)

    gateway = await servers.gateway((await raw_upstream(serve)).address)
    client = await connect(gateway)
    await client.send("POST /x HTTP/1.1", "host: here", "content-length: 1000000", "connection: close")
    client.writer.write(b"x" * 1000)
    assert (await client.head()).startswith("HTTP/1.1 403 ")
    assert await client.exactly(2) == b"no"


async def test_a_client_that_expects_100_continue_gets_it_from_the_upstream(
    servers: Any, connect: Any, report_app: Any
) -> None:
    gateway = await servers.gateway(await servers(report_app))
    client = await connect(gateway)
    await client.send(
        "POST /x HTTP/1.1", "host: here", "content-length: 5", "expect: 100-continue", "connection: close"
    )
    assert (await client.head()).startswith("HTTP/1.1 100 ")
    client.writer.write(b"hello")
    assert json.loads((await client.rest()).partition(b"\r\n\r\n")[2])["length"] == 5


async def test_a_refusal_spares_the_client_that_expects_100_continue_its_upload(
    servers: Any, connect: Any, raw_upstream: Any
) -> None:
    async def serve(reader: Any, writer: Any) -> None:
        del reader
        writer.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    gateway = await servers.gateway((await raw_upstream(serve)).address)
    client = await connect(gateway)
    await client.send("POST /x HTTP/1.1", "host: here", "content-length: 5", "expect: 100-continue")
    assert (await client.head()).startswith("HTTP/1.1 401 ")


async def test_an_upstream_that_never_says_continue_gets_the_body_all_the_same(
    servers: Any, connect: Any, raw_upstream: Any
) -> None:
    async def serve(reader: Any, writer: Any) -> None:
        body = await reader.readexactly(5)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + body)
        await writer.drain()

    gateway = await servers.gateway((await raw_upstream(serve)).address)
    client = await connect(gateway)
    await client.send(
        "POST /x HTTP/1.1", "host: here", "content-length: 5", "expect: 100-continue", "connection: close"
    )
    assert (await client.head()).startswith("HTTP/1.1 100 ")
    client.writer.write(b"hello")
    assert (await client.rest()).endswith(b"\r\n\r\nhello")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.lists(st.binary(min_size=1, max_size=300), max_size=6), down=st.lists(st.binary(max_size=300), max_size=6)
)
async def test_bodies_arrive_whole_however_they_are_cut(pieces: list[bytes], down: list[bytes]) -> None:
    """Through the gateway's own objects, for speed: an upstream in asyncio streams, a client in ASGI messages."""
    from fluxlit_gateway import build_gateway

    uploaded = bytearray()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        while size := int(await reader.readline(), 16):
            uploaded.extend((await reader.readexactly(size + 2))[:-2])
        await reader.readline()
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in (piece for piece in down if piece):
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
        messages.append({"type": "http.request", "body": b"", "more_body": False})
        sent: list[Any] = []

        async def receive() -> Any:
            if messages:
                return messages.pop(0)
            return await asyncio.Event().wait()

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/x",
            "raw_path": b"/x",
            "query_string": b"",
            "headers": [(b"host", b"here"), (b"transfer-encoding", b"chunked")],
        }
        await build_gateway(api=serve, upstream=address)(scope, receive, send)  # type: ignore[arg-type]
    assert bytes(uploaded) == b"".join(pieces)
    assert b"".join(message["body"] for message in sent[1:]) == b"".join(down)
    assert [message["more_body"] for message in sent[1:]][-1] is False
