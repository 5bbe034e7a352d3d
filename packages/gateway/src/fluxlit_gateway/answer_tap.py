"""A thin layer around ``send``: notes the status, adds the request id and security headers."""

from collections.abc import Awaitable

from fluxlit_gateway.asgi import Message, Send
from fluxlit_gateway.bursts import SendBurst, burst_sender
from fluxlit_gateway.routing.request_context import RequestContext
from fluxlit_gateway.security_headers import SecurityHeaders

__all__ = ("AnswerTap",)

_STARTS = frozenset({"http.response.start", "websocket.http.response.start"})
_SWITCHING_PROTOCOLS = 101
_FORBIDDEN = 403


class AnswerTap:
    """The ``send`` for an application in this process.

    It is no coroutine function but hands out the server's awaitable: each of an application's messages passes here,
    and a coroutine around each would be a tenth of what the gateway costs the API.

    Args:
        context: The request; its ``status`` is set.
        send: The server's ``send``.
        security: Headers to add where the application sets none of its own.
    """

    __slots__ = ("_context", "_security", "_send")

    def __init__(self, context: RequestContext, send: Send, security: SecurityHeaders | None = None) -> None:
        self._context = context
        self._send = send
        self._security = security

    def __call__(self, message: Message) -> Awaitable[None]:
        """Pass a message on."""
        kind = message["type"]
        if kind in _STARTS:
            self._add_headers(message)
        elif not self._context.status:
            self._note_websocket(message)
        return self._send(message)

    @property
    def send_burst(self) -> SendBurst | None:
        """See ``fluxlit_gateway.bursts``: a WebSocket that was accepted passes as it is."""
        return burst_sender(self._send)

    def _add_headers(self, message: Message) -> None:
        context = self._context
        context.status = message["status"]
        headers = [pair for pair in message.get("headers", ()) if pair[0] != b"x-request-id"]
        headers.append((b"x-request-id", context.request_id))
        if self._security is not None:
            headers += self._security.missing_from(headers, scheme=context.scope.get("scheme", "http"))
        message["headers"] = headers

    def _note_websocket(self, message: Message) -> None:
        kind = message["type"]
        if kind == "websocket.accept":
            self._context.status = _SWITCHING_PROTOCOLS
        elif kind == "websocket.close":
            self._context.status = _FORBIDDEN
