"""The gateway's own small answers, complete with a length."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from fluxlit_gateway.asgi import Scope, Send

__all__ = ("Pairs", "error_document", "send_bytes", "send_json", "send_text", "wait_for_refused_handshake")

Pairs = Iterable[tuple[bytes, bytes]]


async def send_bytes(
    scope: Scope, send: Send, *, status: int, body: bytes, content_type: bytes, headers: Pairs = ()
) -> None:
    """Answer an HTTP request, or refuse a WebSocket handshake, with one complete body.

    For a HEAD request the length is announced and no body is sent. A WebSocket is refused with the same status where
    the server can (ASGI extension ``websocket.http.response``), else with the 403 that ``websocket.close`` means.
    """
    kind = "http.response"
    if scope["type"] == "websocket":
        if "websocket.http.response" not in (scope.get("extensions") or {}):
            await send({"type": "websocket.close", "code": 1008})
            return
        kind = "websocket.http.response"
    pairs = [(b"content-type", content_type), (b"content-length", b"%d" % len(body)), *headers]
    await send({"type": f"{kind}.start", "status": status, "headers": pairs})
    is_head = scope.get("method") == "HEAD"
    await send({"type": f"{kind}.body", "body": b"" if is_head else body, "more_body": False})


async def wait_for_refused_handshake() -> None:
    """Return once the server has noticed that the connection of a refused WebSocket is closed.

    uvicorn logs an error for an application that returns before, and that takes two rounds of the loop
    (``WebSocketsSansIOProtocol.run_asgi`` looks at ``handshake_complete``).
    """
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def send_text(scope: Scope, send: Send, *, status: int, text: str, headers: Pairs = ()) -> None:
    """Answer with plain text."""
    body = text.encode()
    await send_bytes(scope, send, status=status, body=body, content_type=b"text/plain; charset=utf-8", headers=headers)


async def send_json(
    scope: Scope, send: Send, *, status: int, document: Mapping[str, object], headers: Pairs = ()
) -> None:
    """Answer with JSON that no cache keeps."""
    body = json.dumps(document, separators=(",", ":")).encode()
    pairs = ((b"cache-control", b"no-store"), *headers)
    await send_bytes(scope, send, status=status, body=body, content_type=b"application/json", headers=pairs)


def error_document(status: int, message: str) -> dict[str, object]:
    """Return the JSON body of the gateway's own errors."""
    return {"error": HTTPStatus(status).phrase, "detail": message}
