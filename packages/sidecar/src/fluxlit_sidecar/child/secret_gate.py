"""Asks every request on a loopback port for the secret that only the supervisor's gateway knows."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any, TypeAlias

from fluxlit_sidecar.child.names import HOP_SECRET_HEADER

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Message: TypeAlias = MutableMapping[str, Any]
    Receive: TypeAlias = Callable[[], Awaitable[Message]]
    Send: TypeAlias = Callable[[Message], Awaitable[None]]
    ASGIApplication: TypeAlias = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

__all__ = ("SecretGate",)

_HEADER = HOP_SECRET_HEADER.lower().encode()
_REFUSAL = b"this address is private to the application's gateway\n"


class SecretGate:
    """ASGI middleware that answers 403 to every request and socket without the secret, and hides it from the app.

    Args:
        app: The application.
        secret: From the variable ``FLUXLIT_SIDECAR_HOP_SECRET``; not empty.
    """

    def __init__(self, app: ASGIApplication, *, secret: str) -> None:
        if not secret:
            raise ValueError("the secret of a SecretGate is empty; without one there is nothing to ask for")
        self._app = app
        self._secret = secret.encode()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers: list[tuple[bytes, bytes]] = list(scope["headers"])
        given = [value for name, value in headers if name.lower() == _HEADER]
        if len(given) != 1 or not hmac.compare_digest(given[0], self._secret):
            await _refuse(scope, receive, send)
            return
        rest = [(name, value) for name, value in headers if name.lower() != _HEADER]
        await self._app({**scope, "headers": rest}, receive, send)


async def _refuse(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        # Before it is accepted: servers answer the handshake with 403.
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(_REFUSAL)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": _REFUSAL})
