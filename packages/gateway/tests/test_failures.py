from __future__ import annotations

import asyncio
import socket
from typing import Any

import httpx2 as httpx
import pytest

from fluxlit_gateway import GatewayConfigurationError, build_gateway

PAGE = {"accept": "text/html,application/xhtml+xml", "sec-fetch-dest": "document", "sec-fetch-mode": "navigate"}


class Away:
    """An upstream without targets."""

    def __init__(self, state: str) -> None:
        self.state = state

    def targets(self) -> list[Any]:
        return []

    def describe(self) -> dict[str, object]:
        return {"sidecars": [{"name": "one", "state": self.state}], "reason": f"it is {self.state}"}


@pytest.mark.parametrize("state", ["starting", "restarting", "failed", "stopped"])
async def test_without_a_target_browsers_get_a_page_that_waits_programs_json_and_the_api_goes_on(
    servers: Any, state: str
) -> None:
    gateway = await servers.gateway(Away(state), options={"title": "My <app>"})
    async with httpx.AsyncClient(trust_env=False) as client:
        page = await client.get(gateway.base + "/", headers=PAGE)
        data = await client.get(gateway.base + "/")
        posted = await client.post(gateway.base + "/x", headers=PAGE, content=b"x")
        api = await client.get(gateway.base + "/api/x")
    assert (page.status_code, data.status_code, posted.status_code, api.status_code) == (503, 503, 503, 200)
    assert page.headers["content-type"].startswith("text/html")
    assert "My &lt;app&gt;" in page.text
    assert f"Request <code>{page.headers['x-request-id']}</code>" in page.text
    for response in (data, posted):
        assert response.headers["content-type"] == "application/json"
        assert state in response.json()["detail"]
    for response in (page, data, posted):
        assert int(response.headers["retry-after"]) >= 1
        assert response.headers["cache-control"] == "no-store"
        assert "content-length" in response.headers


async def test_a_refused_connection_is_502_for_programs_and_a_page_that_waits_for_browsers(servers: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else can be there
        gateway = await servers.gateway(f"http://127.0.0.1:{taken.getsockname()[1]}")
        async with httpx.AsyncClient(trust_env=False) as client:
            data = await client.get(gateway.base + "/")
            page = await client.get(gateway.base + "/", headers=PAGE)
            missing = await servers.gateway("unix:/nowhere/at/all.sock")
            assert (await client.get(missing.base + "/")).status_code == 502
    assert (data.status_code, page.status_code) == (502, 503)
    assert data.json()["error"] == "Bad Gateway"


async def nothing(reader: Any, writer: Any) -> None:
    del reader, writer


async def garbage(reader: Any, writer: Any) -> None:
    del reader
    writer.write(b"SMTP ready\r\n\r\n")
    await writer.drain()


async def half_a_head(reader: Any, writer: Any) -> None:
    del reader
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Le")
    await writer.drain()


async def reset(reader: Any, writer: Any) -> None:
    del reader
    linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def upgraded(reader: Any, writer: Any) -> None:
    del reader
    writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")
    await writer.drain()


@pytest.mark.parametrize("misbehave", [nothing, garbage, half_a_head, reset, upgraded])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_upstream_that_breaks_before_its_answer_is_a_bad_gateway(
    servers: Any, raw_upstream: Any, misbehave: Any, method: str
) -> None:
    gateway = await servers.gateway((await raw_upstream(misbehave)).address)
    async with httpx.AsyncClient(trust_env=False) as client:
        content = b"hello" if method == "POST" else None
        response = await client.request(method, gateway.base + "/x", content=content)
    assert response.status_code == 502
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize("framing", ["Content-Length: 100", "Transfer-Encoding: chunked"])
async def test_an_answer_that_breaks_off_never_looks_complete(
    servers: Any, connect: Any, raw_upstream: Any, framing: str
) -> None:
    async def serve(reader: Any, writer: Any) -> None:
        del reader
        body = b"hello" if "Length" in framing else b"5\r\nhello\r\n"
        writer.write(f"HTTP/1.1 200 OK\r\n{framing}\r\n\r\n".encode() + body)
        await writer.drain()

    gateway = await servers.gateway((await raw_upstream(serve)).address)
    client = await connect(gateway)
    await client.send("GET /x HTTP/1.1", "host: here")
    answer = await client.rest()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"hello" in answer
    assert not answer.endswith(b"0\r\n\r\n")


async def test_an_answer_without_a_length_that_ends_in_a_reset_never_looks_complete(
    servers: Any, connect: Any, raw_upstream: Any, patience: float
) -> None:
    has_arrived = asyncio.Event()

    async def serve(reader: Any, writer: Any) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nhello")
        await writer.drain()
        await asyncio.wait_for(has_arrived.wait(), patience)
        await reset(reader, writer)

    gateway = await servers.gateway((await raw_upstream(serve)).address)
    client = await connect(gateway)
    await client.send("GET /x HTTP/1.1", "host: here")
    assert "chunked" in await client.head()
    assert await client.exactly(10) == b"5\r\nhello\r\n"
    has_arrived.set()
    assert await client.rest() == b""


async def test_more_bytes_than_announced_do_not_get_into_the_next_answer(servers: Any, raw_upstream: Any) -> None:
    async def serve(reader: Any, writer: Any) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
        await writer.drain()
        await reader.read()

    gateway = await servers.gateway((await raw_upstream(serve)).address)
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(3):
            assert (await client.get(gateway.base + "/x")).text == "ok"


async def test_h11_an_upstream_that_does_not_answer_in_time_is_a_gateway_timeout(
    servers: Any, raw_upstream: Any
) -> None:
    async def serve(reader: Any, writer: Any) -> None:
        del writer
        await reader.read()

    gateway = await servers.gateway((await raw_upstream(serve)).address, options={"read_timeout": 0.1})
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(gateway.base + "/x")).status_code == 504
        assert (await client.post(gateway.base + "/x", content=b"hello")).status_code == 504


async def test_an_upstream_that_stops_reading_an_upload_is_a_gateway_timeout(
    servers: Any, connect: Any, raw_upstream: Any, patience: float
) -> None:
    is_over = asyncio.Event()

    async def serve(reader: Any, writer: Any) -> None:
        writer.transport.pause_reading()
        await asyncio.wait_for(is_over.wait(), patience)
        del reader

    gateway = await servers.gateway((await raw_upstream(serve)).address, options={"read_timeout": 0.2})
    client = await connect(gateway)
    await client.send("POST /x HTTP/1.1", "host: here", "content-length: 1000000000", "connection: close")

    async def upload() -> None:
        while True:
            client.writer.write(b"x" * 65536)
            await client.writer.drain()

    uploading = asyncio.create_task(upload())
    assert (await client.head()).startswith("HTTP/1.1 504 ")
    uploading.cancel()
    await asyncio.gather(uploading, return_exceptions=True)
    is_over.set()


async def test_slow_bytes_are_no_timeout_as_long_as_some_come(servers: Any, connect: Any, raw_upstream: Any) -> None:
    arrived = asyncio.Event()

    async def serve(reader: Any, writer: Any) -> None:
        del reader
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok":
            writer.write(bytes([byte]))
            await writer.drain()
        arrived.set()

    gateway = await servers.gateway((await raw_upstream(serve)).address, options={"read_timeout": 5})
    client = await connect(gateway)
    await client.send("GET /x HTTP/1.1", "host: here", "connection: close")
    assert (await client.rest()).endswith(b"\r\n\r\nok")
    assert arrived.is_set()


async def test_a_connection_that_the_upstream_closed_meanwhile_is_not_used_for_the_next_request(
    servers: Any, raw_upstream: Any
) -> None:
    async def serve(reader: Any, writer: Any) -> None:
        del reader
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()

    raw = await raw_upstream(serve)
    gateway = await servers.gateway(raw.address)
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(5):
            assert (await client.get(gateway.base + "/x")).text == "ok"
    assert len(raw.heads) == 5


async def test_a_kept_connection_that_breaks_under_a_request_is_replaced_for_a_get_and_reported_for_a_post(
    servers: Any, raw_upstream: Any
) -> None:
    async def serve(reader: Any, writer: Any) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()
        await reader.readuntil(b"\r\n\r\n")  # the next request; then the connection closes without an answer

    gateway = await servers.gateway((await raw_upstream(serve)).address)
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(gateway.base + "/x")).text == "ok"
        assert (await client.get(gateway.base + "/x")).text == "ok"
        assert (await client.post(gateway.base + "/x", content=b"pay")).status_code == 502


@pytest.mark.parametrize(
    "address",
    [
        "ftp://x",
        "http://",
        "unix:relative.sock",
        "https://here",
        "http://u:p@here",
        "http://here/path",
        "http://h:x",
        "here",
    ],
)
def test_an_address_that_cannot_work_is_refused_at_start(address: str, report_app: Any) -> None:
    with pytest.raises(GatewayConfigurationError, match="upstream address"):
        build_gateway(api=report_app, upstream=address)
