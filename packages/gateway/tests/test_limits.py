from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest

from fluxlit_gateway import AppUpstream

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


async def test_h12_an_upload_over_the_limit_is_refused_before_any_of_it_is_read(
    servers: Any, connect: Any, raw_upstream: Any
) -> None:
    async def serve(reader: Any, writer: Any) -> None:
        del reader, writer
        raise AssertionError("the upstream was asked")

    raw = await raw_upstream(serve)
    gateway = await servers.gateway(raw.address, options={"max_proxy_body_bytes": 1000})
    client = await connect(gateway)
    await client.send("POST /x HTTP/1.1", "host: here", "content-length: 1001", "expect: 100-continue")
    assert (await client.head()).startswith("HTTP/1.1 413 ")  # and not 100 Continue
    assert raw.heads == []


async def test_h12_an_upload_of_unknown_length_is_refused_as_soon_as_it_is_too_long(
    servers: Any, connect: Any, raw_upstream: Any, patience: float
) -> None:
    received = bytearray()
    ended = asyncio.Event()

    async def serve(reader: Any, writer: Any) -> None:
        del writer
        try:
            while data := await reader.read(65536):
                received.extend(data)
        finally:
            ended.set()

    gateway = await servers.gateway((await raw_upstream(serve)).address, options={"max_proxy_body_bytes": 1000})
    client = await connect(gateway)
    await client.send("POST /x HTTP/1.1", "host: here", "transfer-encoding: chunked")
    client.writer.write(b"258\r\n" + b"x" * 600 + b"\r\n")
    client.writer.write(b"258\r\n" + b"x" * 600 + b"\r\n")
    assert (await client.head()).startswith("HTTP/1.1 413 ")
    await asyncio.wait_for(ended.wait(), patience)
    assert not received.endswith(b"0\r\n\r\n")


@pytest.mark.parametrize("is_app", [False, True])
async def test_a_refused_upload_is_told_the_setting_as_its_owner_knows_it(
    servers: Any, report_app: Any, *, is_app: bool
) -> None:
    upstream = AppUpstream(report_app) if is_app else await servers(report_app)
    options = {"max_proxy_body_bytes": 10}
    alone = await servers.gateway(upstream, options=options)
    embedded = await servers.gateway(upstream, options={**options, "max_proxy_body_setting": "SHOP_MAX_UPLOAD"})

    async def pieces() -> AsyncGenerator[bytes]:
        yield b"x" * 6
        yield b"x" * 6

    async with httpx.AsyncClient(trust_env=False) as client:
        for gateway, name in ((alone, "max_proxy_body_bytes"), (embedded, "SHOP_MAX_UPLOAD")):
            announced = await client.post(gateway.base + "/x", content=b"x" * 11)
            unknown = await client.post(gateway.base + "/x", content=pieces())
            for answer in (announced, unknown):
                assert answer.status_code == 413
                assert answer.json() == {
                    "error": HTTPStatus.REQUEST_ENTITY_TOO_LARGE.phrase,
                    "detail": f"the request body is larger than 10 bytes; {name} is the limit to raise",
                    "request_id": answer.headers["x-request-id"],
                }


async def test_a_body_of_exactly_the_limit_passes_and_the_api_has_none(servers: Any, report_app: Any) -> None:
    gateway = await servers.gateway(await servers(report_app), options={"max_proxy_body_bytes": 1000})

    async def pieces() -> AsyncGenerator[bytes]:
        yield b"x" * 500
        yield b"y" * 500

    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(gateway.base + "/x", content=b"x" * 1000)).json()["length"] == 1000
        assert (await client.post(gateway.base + "/x", content=pieces())).json()["length"] == 1000
        assert (await client.post(gateway.base + "/api/x", content=b"x" * 2000)).json()["length"] == 2000


async def test_h11_requests_over_the_limit_are_told_to_come_back_and_do_not_wait(servers: Any, patience: float) -> None:
    goes_on = asyncio.Event()
    inside = asyncio.Semaphore(0)

    async def upstream(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        inside.release()
        await asyncio.wait_for(goes_on.wait(), patience)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    gateway = await servers.gateway(
        await servers(upstream, lifespan="off"), options={"max_concurrent_upstream_http": 2}
    )
    async with httpx.AsyncClient(trust_env=False, timeout=patience) as client:
        slow = [asyncio.create_task(client.get(gateway.base + "/slow")) for _ in range(2)]
        for _ in slow:
            await asyncio.wait_for(inside.acquire(), patience)
        refused = await client.get(gateway.base + "/x")
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) >= 1
        assert refused.headers["content-type"] == "application/json"
        assert (await client.get(gateway.base + "/api/x")).status_code == 200
        goes_on.set()
        assert [response.status_code for response in await asyncio.gather(*slow)] == [200, 200]
        assert (await client.get(gateway.base + "/x")).status_code == 200


async def test_h11_many_slow_requests_leave_room_for_another(servers: Any, patience: float) -> None:
    goes_on = asyncio.Event()
    inside = asyncio.Semaphore(0)

    async def upstream(scope: Any, receive: Any, send: Any) -> None:
        del receive
        if scope["path"] == "/slow":
            inside.release()
            await asyncio.wait_for(goes_on.wait(), patience)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    gateway = await servers.gateway(await servers(upstream, lifespan="off", unix=True))
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(trust_env=False, timeout=patience, limits=limits) as client:
        slow = [asyncio.create_task(client.get(gateway.base + "/slow")) for _ in range(120)]
        for _ in slow:
            await asyncio.wait_for(inside.acquire(), patience)
        # All of them are still held: a queue would keep this one until they are let go.
        assert (await client.get(gateway.base + "/victim")).status_code == 200
        goes_on.set()
        await asyncio.gather(*slow)


async def test_a_request_that_gets_no_connection_in_time_is_told_to_come_back(servers: Any, patience: float) -> None:
    goes_on, inside = asyncio.Event(), asyncio.Event()

    async def upstream(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        inside.set()
        await asyncio.wait_for(goes_on.wait(), patience)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    gateway = await servers.gateway(
        await servers(upstream, lifespan="off"), options={"max_connections": 1, "connect_timeout": 0.05}
    )
    async with httpx.AsyncClient(trust_env=False, timeout=patience) as client:
        slow = asyncio.create_task(client.get(gateway.base + "/slow"))
        await asyncio.wait_for(inside.wait(), patience)
        assert (await client.get(gateway.base + "/x")).status_code == 503
        goes_on.set()
        assert (await slow).status_code == 200
        assert (await client.get(gateway.base + "/x")).status_code == 200


@pytest.mark.parametrize("setting", ["connect_timeout", "max_proxy_body_bytes", "ws_ping_interval_s"])
def test_negative_limits_are_refused(setting: str) -> None:
    from fluxlit_gateway import GatewayOptions

    with pytest.raises(ValueError, match=setting):
        GatewayOptions.model_validate({setting: -1})
