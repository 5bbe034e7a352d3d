from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fluxlit_gateway import GatewayOptions, build_gateway

HEADERS = [
    (b"accept", b"*/*"),
    (b"x-request-id", b"abc"),
    (b"x-request-id", b"not well-formed"),
    (b"x-forwarded-for", b"10.0.0.1"),
    (b"x-fluxlit-user", b"admin"),
    (b"x-requested-with", b"fetch"),
    (b"forwarded", b"for=10.0.0.1"),
    (b"from", b"me"),
]
UUID_LENGTH = 36
MADE_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f-]{27}")


def without_made_ids(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [
        (name, b"made" if name == b"x-request-id" and len(value) == UUID_LENGTH else value) for name, value in headers
    ]


def text(headers: list[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    return [(name.decode(), value.decode()) for name, value in headers]


async def outcome(options: GatewayOptions, scope: dict[str, Any]) -> list[Any]:
    """Return what the API was called with, and what it and the gateway answered."""
    seen: list[Any] = []

    async def api(scope: Any, receive: Any, send: Any) -> None:
        del receive
        assert ("x-request-id", scope["state"]["request_id"]) in text(scope["headers"])
        state = {**scope["state"], "request_id": ""}
        seen.append({**scope, "state": state, "headers": without_made_ids(scope["headers"])})
        own = [(b"a", b"b"), (b"x-request-id", b"of the application")]
        await send({"type": "http.response.start", "status": 200, "headers": own})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        body = MADE_ID.sub(b"made", message.get("body", b""))
        seen.append({**message, "headers": without_made_ids(message.get("headers", [])), "body": body})

    gateway = build_gateway(api=api, upstream=None, options=options)
    await gateway({**scope}, receive, send)
    first = seen.copy()
    seen.clear()
    await gateway({**scope}, receive, send)
    assert seen == first, "the gateway remembers paths"
    return seen


@settings(max_examples=200, deadline=None)
@given(
    path=st.text("/ax.%", max_size=8),
    headers=st.lists(st.sampled_from(HEADERS), max_size=4, unique_by=lambda pair: pair[0]),
    mount=st.sampled_from(["", "/m"]),
    root_path=st.sampled_from(["", "/m", "/other"]),
    before=st.sampled_from(["", "/m", "/other"]),
)
async def test_the_short_way_to_the_api_and_the_long_one_give_the_same(
    path: str, headers: list[tuple[bytes, bytes]], mount: str, root_path: str, before: str
) -> None:
    full = f"{before}/api/{path}"
    scope = {
        "type": "http",
        "method": "GET",
        "path": full,
        "raw_path": full.encode(),
        "root_path": root_path,
        "query_string": b"",
        "scheme": "http",
        "client": ("127.0.0.1", 1),
        "headers": [(b"host", b"here"), *headers],
    }
    short = await outcome(GatewayOptions(root_mount=mount), scope)
    # Where hosts are checked, no request is plain.
    long = await outcome(GatewayOptions(root_mount=mount, allowed_hosts=("here",)), scope)
    assert short == long
    assert await outcome(GatewayOptions(root_mount=mount, debug=True), scope) == short, "recorded on the short way"
