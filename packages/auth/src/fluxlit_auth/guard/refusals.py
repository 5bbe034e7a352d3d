"""How the guard says no: a way to the login or a page to people, 401 or 403 as JSON to programs, no upgrade to sockets.

Nothing of a request is repeated in an answer.
"""

import json
from typing import Final

from anyio.lowlevel import checkpoint
from starlette.types import Send

from fluxlit_auth.errors import RefusedError
from fluxlit_auth.guard.request import GuardRequest

__all__ = ("redirect", "refuse")

_NO_STORE: Final = (b"cache-control", b"no-store")
_FORBIDDEN: Final = 403

_PAGE: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1rem}}</style>
<h1>{title}</h1><p>{text}</p><p><a href="{start}">Go to the start page</a></p></html>
"""
_TEXTS: Final = {
    400: ("This did not work", "The login took too long, or was finished before. Please begin again."),
    401: ("Please log in", "This page is for users who have logged in."),
    403: ("Not allowed", "Your account may not open this page."),
    405: ("Not allowed", "This address is not for browsers."),
    429: ("Too many attempts", "Please wait a moment and try again."),
    502: ("Not available", "The identity provider did not answer as expected. Please try again."),
    503: ("Not available", "Logging in is not possible right now. Please try again."),
}


async def refuse(request: GuardRequest, send: Send, error: RefusedError) -> None:
    """Answer with a refusal; a WebSocket is refused before it is opened."""
    given = (error.headers or {}).items()
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in given]
    if not any(name == b"cache-control" for name, _value in pairs):
        pairs.append(_NO_STORE)
    texts = _TEXTS.get(error.status_code)
    if request.is_navigation and texts is not None:
        title, text = texts
        body = _PAGE.format(title=title, text=text, start=f"{request.mount}/").encode()
        kind = b"text/html; charset=utf-8"
    else:
        body, kind = json.dumps({"detail": error.detail}).encode(), b"application/json"
    await _answer(request, send, status=error.status_code, headers=[*pairs, (b"content-type", kind)], body=body)


async def redirect(request: GuardRequest, send: Send, url: str) -> None:
    """Send a browser elsewhere; the answer is not for caches."""
    headers = [(b"location", url.encode("latin-1")), _NO_STORE, (b"vary", b"Cookie")]
    await _answer(request, send, status=302, headers=headers, body=b"")


async def _answer(
    request: GuardRequest, send: Send, *, status: int, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    kind = "http.response"
    if request.is_socket:
        if "websocket.http.response" not in (request.scope.get("extensions") or {}):
            # A close before the handshake is a 403 on every server.
            await send({"type": "websocket.close", "code": 1008})
            return
        kind = "websocket.http.response"
    pairs = [*headers, (b"content-length", b"%d" % len(body))]
    await send({"type": f"{kind}.start", "status": status, "headers": pairs})
    is_head = request.method == "HEAD" and not request.is_socket
    await send({"type": f"{kind}.body", "body": b"" if is_head else body, "more_body": False})
    if request.is_socket:
        # uvicorn logs an error for an application that returns before the refused connection is really closed, which
        # takes two rounds of the loop (WebSocketsSansIOProtocol.run_asgi looks at handshake_complete).
        await checkpoint()
        await checkpoint()
