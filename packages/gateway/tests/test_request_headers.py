from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxlit_gateway import GatewayOptions
from fluxlit_gateway.errors import BadRequestError, GatewayConfigurationError
from fluxlit_gateway.headers.forward_headers import (
    merge_allowlisted_browser_headers,
    normalize_gateway_forward_header_allowlist,
    rejected_gateway_forward_header_allowlist,
)
from fluxlit_gateway.headers.header_filter import HOP_BY_HOP, filter_request_headers
from fluxlit_gateway.headers.request_head import request_head
from fluxlit_gateway.routing.request_context import RequestContext


async def seen_by_upstream(connect: Any, gateway: Any, *lines: str | bytes, target: str = "/x") -> dict[str, Any]:
    client = await connect(gateway)
    await client.send(f"GET {target} HTTP/1.1", "connection: close", *lines)
    body = (await client.rest()).partition(b"\r\n\r\n")[2]
    return json.loads(body)


def values(seen: dict[str, Any], name: str) -> list[str]:
    return [value for key, value in seen["headers"] if key == name]


async def test_repeated_headers_reach_the_upstream_in_their_order(servers: Any, connect: Any, report_app: Any) -> None:
    gateway = await servers.gateway(await servers(report_app))
    seen = await seen_by_upstream(connect, gateway, "host: here", "x-a: 1", "cookie: a=b", "x-a: 2", "X-A:  3")
    assert values(seen, "x-a") == ["1", "2", "3"]
    assert values(seen, "cookie") == ["a=b"]


async def test_no_header_is_invented_but_what_the_gateway_says_itself(
    servers: Any, connect: Any, report_app: Any
) -> None:
    gateway = await servers.gateway(await servers(report_app))
    seen = await seen_by_upstream(connect, gateway, "host: here:8080")
    names = [name for name, _ in seen["headers"]]
    own = ["x-forwarded-proto", "x-forwarded-host", "x-forwarded-for", "x-forwarded-port", "x-request-id"]
    assert names == ["host", *own]
    assert dict(seen["headers"]) | {"x-request-id": ""} == {
        "host": "here:8080",
        "x-forwarded-proto": "http",
        "x-forwarded-host": "here:8080",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-port": "8080",
        "x-request-id": "",
    }


@pytest.mark.parametrize("is_reached", ["ui", "api"])
async def test_s4_what_a_client_says_about_itself_is_replaced_by_what_the_server_knows(
    servers: Any, connect: Any, report_app: Any, is_reached: str
) -> None:
    gateway = await servers.gateway(await servers(report_app), options={"root_mount": "/m"})
    seen = await seen_by_upstream(
        connect,
        gateway,
        "host: here",
        "x-forwarded-for: 10.9.9.9",
        "x-forwarded-proto: https",
        "x-forwarded-host: evil.example",
        "x-forwarded-port: 1",
        "x-forwarded-prefix: /evil",
        "forwarded: for=10.9.9.9;proto=https",
        "x-real-ip: 10.9.9.9",
        "x-fluxlit-user: admin",
        "X-FluxLit-Roles: root",
        target="/x" if is_reached == "ui" else "/api/x",
    )
    said = {name: value for name, value in seen["headers"] if name.startswith(("x-f", "forwarded", "x-real"))}
    assert said == {
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "http",
        "x-forwarded-host": "here",
        "x-forwarded-prefix": "/m",
    }


async def test_s4_a_proxy_that_the_server_trusts_is_believed(servers: Any, connect: Any, report_app: Any) -> None:
    upstream = await servers(report_app)
    lines = ("host: inside", "x-forwarded-for: 203.0.113.7", "x-forwarded-proto: https", "x-forwarded-host: a.example")
    trusting = await servers.gateway(
        upstream, options={"trust_forwarded_host": True}, proxy_headers=True, forwarded_allow_ips="127.0.0.1"
    )
    for target in ("/x", "/api/x"):
        seen = await seen_by_upstream(connect, trusting, *lines, target=target)
        assert values(seen, "x-forwarded-for") == ["203.0.113.7"]
        assert values(seen, "x-forwarded-proto") == ["https"]
        assert values(seen, "x-forwarded-host") == ["a.example"]
        assert values(seen, "host") == ["a.example"]
    careful = await servers.gateway(upstream, proxy_headers=True, forwarded_allow_ips="192.0.2.1")
    seen = await seen_by_upstream(connect, careful, *lines)
    assert values(seen, "x-forwarded-for") == ["127.0.0.1"]
    assert values(seen, "host") == ["inside"]


async def test_hop_by_hop_headers_and_those_that_connection_names_stay_behind(
    servers: Any, connect: Any, report_app: Any
) -> None:
    gateway = await servers.gateway(await servers(report_app))
    client = await connect(gateway)
    await client.send(
        "GET /x HTTP/1.1",
        "host: here",
        "connection: close, X-Mine, x-request-id, X-Forwarded-For",
        "x-mine: 1",
        "keep-alive: timeout=5",
        "te: trailers",
        "trailer: x",
        "proxy-authorization: Basic abc",
        "proxy-connection: keep-alive",
        "x-other: 2",
    )
    seen = json.loads((await client.rest()).partition(b"\r\n\r\n")[2])
    names = {name for name, _ in seen["headers"]}
    assert not names & {name.decode() for name in HOP_BY_HOP}
    assert "x-mine" not in names
    assert {"x-other", "x-request-id", "x-forwarded-for"} <= names


async def test_h4_non_ascii_header_bytes_pass_both_ways(servers: Any, connect: Any) -> None:
    received: list[tuple[bytes, bytes]] = []
    raw = "naïve 日本".encode() + b"\xff\xe9"

    async def upstream(scope: Any, receive: Any, send: Any) -> None:
        del receive
        received.extend(scope["headers"])
        headers = [(b"content-length", b"0"), (b"content-disposition", b"attachment; filename=" + raw)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    gateway = await servers.gateway(await servers(upstream, lifespan="off"))
    client = await connect(gateway)
    await client.send("GET /x HTTP/1.1", "host: here", "connection: close", b"cookie: n=" + raw, b"x-name: " + raw)
    answer = await client.rest()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"content-disposition: attachment; filename=" + raw + b"\r\n" in answer
    assert (b"cookie", b"n=" + raw) in received
    assert (b"x-name", raw) in received


async def test_h13_all_lines_of_an_allowed_header_pass(servers: Any, connect: Any, report_app: Any) -> None:
    upstream = await servers(report_app)
    gateway = await servers.gateway(upstream, options={"forward_client_headers_http": {"X-Real-IP", "x-dup", "Cookie"}})
    lines = ("host: here", "x-dup: 1", "x-real-ip: 203.0.113.7", "x-dup: 2", "x-real-ip: 203.0.113.8")
    seen = await seen_by_upstream(connect, gateway, *lines)
    assert values(seen, "x-dup") == ["1", "2"]
    assert values(seen, "x-real-ip") == ["203.0.113.7", "203.0.113.8"]


@pytest.mark.parametrize("sent", ["abc-123", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "a" * 128])
async def test_a_well_formed_request_id_is_kept_and_returned(
    servers: Any, connect: Any, report_app: Any, sent: str
) -> None:
    gateway = await servers.gateway(await servers(report_app))
    for target in ("/x", "/api/x"):
        client = await connect(gateway)
        await client.send(f"GET {target} HTTP/1.1", "host: here", "connection: close", f"x-request-id: {sent}")
        head, _, body = (await client.rest()).partition(b"\r\n\r\n")
        assert values(json.loads(body), "x-request-id") == [sent]
        assert head.lower().count(b"x-request-id: " + sent.lower().encode()) == 1


@pytest.mark.parametrize("sent", ["", "a b", "a" * 129, 'x"y', "a;b"])
async def test_any_other_request_id_is_replaced_by_a_uuid(
    servers: Any, connect: Any, report_app: Any, sent: str
) -> None:
    gateway = await servers.gateway(await servers(report_app))
    for target in ("/x", "/api/x"):
        seen = await seen_by_upstream(connect, gateway, "host: here", f"x-request-id: {sent}", target=target)
        (made,) = values(seen, "x-request-id")
        assert made != sent
        assert [len(part) for part in made.split("-")] == [8, 4, 4, 4, 12]
        assert made[14] == "4"


async def test_several_host_headers_are_refused(servers: Any, connect: Any, report_app: Any) -> None:
    gateway = await servers.gateway(await servers(report_app))
    client = await connect(gateway)
    await client.send("GET /x HTTP/1.1", "connection: close", "host: a", "host: b")
    assert (await client.head()).startswith("HTTP/1.1 400 ")


NAME = st.sampled_from([b"a", b"accept", b"cookie", b"x-fluxlit-a", b"host", b"te", b"x-forwarded-for", b"connection"])


@given(st.lists(st.tuples(NAME, st.binary(max_size=6)), max_size=8))
def test_filtering_keeps_order_and_values_and_drops_whole_names(raw: list[tuple[bytes, bytes]]) -> None:
    kept = filter_request_headers(raw)
    names = {name for name, _ in kept}
    assert not names & {b"host", b"te", b"x-forwarded-for", b"connection", b"x-fluxlit-a"}
    assert kept == [pair for pair in raw if pair[0] in names]


@given(st.binary(min_size=1, max_size=8), st.binary(min_size=1, max_size=8))
def test_no_header_can_add_a_line_to_the_request(name: bytes, value: bytes) -> None:
    scope = {
        "type": "http",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [(b"host", b"a"), (name, value)],
    }
    context = RequestContext(scope)
    try:
        head = request_head(context, method="GET", own=[])
    except BadRequestError:
        assert set(name + value + context.host) & set(b"\r\n\0")
        return
    assert head.count(b"\r\n") <= 4
    assert head.endswith(b"\r\n\r\n")


def test_the_allow_list_takes_lists_and_comma_separated_text_and_drops_what_is_blocked() -> None:
    given = "X-Tenant, cookie,x-tenant ,bad name,x-forwarded-for,x-fluxlit-user,a"
    assert normalize_gateway_forward_header_allowlist(given) == ["a", "x-tenant"]
    assert normalize_gateway_forward_header_allowlist(given.split(",")) == ["a", "x-tenant"]
    assert rejected_gateway_forward_header_allowlist(given) == ("cookie", "x-fluxlit-user", "x-forwarded-for")
    with pytest.raises(GatewayConfigurationError, match="33 names"):
        normalize_gateway_forward_header_allowlist(f"x-{number}" for number in range(33))
    assert GatewayOptions(forward_client_headers_http=frozenset({"Host", "X-A"})).forward_client_headers_http == {"x-a"}


def test_merging_replaces_a_header_by_all_of_the_browsers_lines() -> None:
    merged = merge_allowlisted_browser_headers(
        [(b"x-a", b"own"), (b"b", b"1")], [(b"x-a", b"1"), (b"x-a", b"2"), (b"c", b"3")], ["x-a", "x-none"]
    )
    assert merged == [(b"b", b"1"), (b"x-a", b"1"), (b"x-a", b"2")]
