from __future__ import annotations

import asyncio
import gzip
from typing import Any

import httpx2 as httpx
import pytest

from fluxlit_gateway.headers.response_head import response_headers


def lines(head: str, name: str) -> list[str]:
    return [line.partition(": ")[2] for line in head.split("\r\n")[1:] if line.lower().startswith(name + ":")]


async def test_s1_a_cookie_that_the_upstream_sets_is_never_sent_by_somebody_else(servers: Any) -> None:
    seen: list[Any] = []

    async def upstream(scope: Any, receive: Any, send: Any) -> None:
        del receive
        seen.append(dict(scope["headers"]).get(b"cookie"))
        headers = [
            (b"content-length", b"0"),
            (b"set-cookie", b"_streamlit_user=SECRET; HttpOnly"),
            (b"set-cookie", b"x=1"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    gateway = await servers.gateway(await servers(upstream, lifespan="off"))
    async with httpx.AsyncClient(trust_env=False) as alice, httpx.AsyncClient(trust_env=False) as bob:
        first = await alice.get(gateway.base + "/setcookie")
        await bob.get(gateway.base + "/hdr")
        await bob.get(gateway.base + "/hdr", headers={"cookie": "own=1"})
    assert first.headers.get_list("set-cookie") == ["_streamlit_user=SECRET; HttpOnly", "x=1"]
    assert seen[:2] == [None, None]
    assert seen[2].endswith(b"own=1")


async def test_h8_coded_bodies_pass_as_they_are(servers: Any, connect: Any) -> None:
    bodies = {
        "/gzip": (b"gzip", gzip.compress(b"x" * 1700)),
        "/br": (b"br", b"\x8b\x02"),
        "/zstd": (b"zstd", b"(\xb5/\xfd"),
    }

    async def upstream(scope: Any, receive: Any, send: Any) -> None:
        del receive
        coding, body = bodies[scope["path"]]
        headers = [(b"content-encoding", coding), (b"content-length", b"%d" % len(body)), (b"etag", b'"1"')]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    gateway = await servers.gateway(await servers(upstream, lifespan="off"))
    for path, (coding, body) in bodies.items():
        client = await connect(gateway)
        await client.send(f"GET {path} HTTP/1.1", "host: here", "connection: close", "accept-encoding: gzip, br, zstd")
        head = await client.head()
        assert await client.rest() == body
        assert lines(head, "content-encoding") == [coding.decode()]
        assert lines(head, "content-length") == [str(len(body))]
        assert lines(head, "etag") == ['"1"']


async def test_h9_head_keeps_the_length_and_204_and_304_have_no_body(servers: Any, connect: Any) -> None:
    async def upstream(scope: Any, receive: Any, send: Any) -> None:
        del receive
        status = {"/204": 204, "/304": 304}.get(scope["path"], 200)
        headers = [(b"etag", b'"1"')] + ([(b"content-length", b"10")] if status == 200 else [])
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"0123456789" if status == 200 else b""})

    gateway = await servers.gateway(await servers(upstream, lifespan="off"))
    client = await connect(gateway)
    for request, status, length in (("HEAD /len", 200, ["10"]), ("GET /204", 204, []), ("GET /304", 304, [])):
        await client.send(f"{request} HTTP/1.1", "host: here", 'if-none-match: "1"')
        head = await client.head()
        assert head.startswith(f"HTTP/1.1 {status} ")
        assert lines(head, "content-length") == length
        assert lines(head, "transfer-encoding") == []
    # The connection is still in step: the next answer begins where the last one ended.
    await client.send("GET /len HTTP/1.1", "host: here", "connection: close")
    assert (await client.rest()).endswith(b"\r\n\r\n0123456789")


async def test_h9_hop_by_hop_headers_of_an_answer_stay_behind_and_none_is_doubled(
    servers: Any, connect: Any, raw_upstream: Any
) -> None:
    async def serve(reader: Any, writer: Any) -> None:
        del reader
        writer.write(
            b"HTTP/1.1 200 OK\r\nDate: Sat, 01 Jan 2000 00:00:00 GMT\r\nServer: upstream\r\nContent-Length: 2\r\n"
            b"Connection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n"
            b"Proxy-Authenticate: Basic\r\nTrailer: x\r\n"
            b"Upgrade: h2c\r\nTE: trailers\r\nX-End: 1\r\nX-Request-ID: of-the-upstream\r\n\r\nok"
        )
        await writer.drain()

    gateway = await servers.gateway((await raw_upstream(serve)).address)
    client = await connect(gateway)
    await client.send("GET /x HTTP/1.1", "host: here")
    head = await client.head()
    for name in ("x-hop", "keep-alive", "proxy-authenticate", "trailer", "upgrade", "te", "connection"):
        assert lines(head, name) == [], name
    for name in ("date", "server", "x-end", "content-length", "x-request-id"):
        assert len(lines(head, name)) == 1, name
    assert lines(head, "x-request-id") != ["of-the-upstream"]
    assert await client.exactly(2) == b"ok"


async def test_a_range_and_a_condition_reach_the_upstream_and_its_answers_the_client(
    servers: Any, tmp_path: Any
) -> None:
    from starlette.staticfiles import StaticFiles

    (tmp_path / "file").write_bytes(bytes(range(200)))
    gateway = await servers.gateway(await servers(StaticFiles(directory=tmp_path), lifespan="off"))
    async with httpx.AsyncClient(trust_env=False) as client:
        part = await client.get(gateway.base + "/file", headers={"range": "bytes=10-19"})
        whole = await client.get(gateway.base + "/file")
        again = await client.get(gateway.base + "/file", headers={"if-none-match": whole.headers["etag"]})
    assert (part.status_code, part.content) == (206, bytes(range(10, 20)))
    assert part.headers["content-range"] == "bytes 10-19/200"
    assert (whole.status_code, again.status_code, again.content) == (200, 304, b"")


async def test_redirects_are_the_clients_to_follow(servers: Any) -> None:
    from starlette.responses import RedirectResponse

    gateway = await servers.gateway(await servers(RedirectResponse("/elsewhere", 302), lifespan="off"))
    async with httpx.AsyncClient(trust_env=False) as client:
        response = await client.get(gateway.base + "/x")
    assert (response.status_code, response.headers["location"]) == (302, "/elsewhere")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
async def test_every_method_reaches_the_upstream(servers: Any, report_app: Any, method: str) -> None:
    gateway = await servers.gateway(await servers(report_app))
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.request(method, gateway.base + "/x")).json()["method"] == method


async def test_http_1_0_and_connection_close_end_the_connection_and_no_other(
    servers: Any, connect: Any, report_app: Any
) -> None:
    gateway = await servers.gateway(await servers(report_app))
    for request in (("GET /x HTTP/1.0", "host: here"), ("GET /x HTTP/1.1", "host: here", "connection: close")):
        client = await connect(gateway)
        await client.send(*request)
        assert b'"complete": true' in await client.rest()
    client = await connect(gateway)
    for _ in range(3):
        await client.send("GET /x HTTP/1.1", "host: here")
        await client.exactly(int(lines(await client.head(), "content-length")[0]))


async def test_early_hints_are_passed_over(servers: Any, connect: Any, raw_upstream: Any) -> None:
    async def serve(reader: Any, writer: Any) -> None:
        del reader
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()

    gateway = await servers.gateway((await raw_upstream(serve)).address)
    client = await connect(gateway)
    await client.send("GET /x HTTP/1.1", "host: here", "connection: close")
    answer = await client.rest()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\nok")


async def test_connections_to_the_upstream_are_used_again(servers: Any, report_app: Any) -> None:
    peers: set[Any] = set()

    async def upstream(scope: Any, receive: Any, send: Any) -> None:
        peers.add(scope["client"])
        await report_app(scope, receive, send)

    gateway = await servers.gateway(await servers(upstream, lifespan="off"))
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(5):
            await client.get(gateway.base + "/x")
        assert len(peers) == 1
        await asyncio.gather(*(client.get(gateway.base + "/x") for _ in range(8)))


def test_names_are_lower_case_and_repeated_lines_are_kept() -> None:
    raw = [(b"Set-Cookie", b"a=1"), (b"X", b"1"), (b"Set-Cookie", b"b=2"), (b"Access-Control-Allow-Origin", b"*")]
    kept = response_headers(raw, b"id")
    assert kept == [(name.lower(), value) for name, value in raw] + [(b"x-request-id", b"id")]
    foreign = response_headers(raw, b"id", is_cross_origin=True)
    assert (b"access-control-allow-origin", b"*") not in foreign
