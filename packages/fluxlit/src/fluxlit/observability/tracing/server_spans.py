"""A span around a request where it enters a process: at the gateway, in a sidecar, at an API that makes none itself.

The span of a WebSocket ends when the handshake is answered: what follows may take days, and each run of a page is a
span of its own below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opentelemetry import context as current_context
from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode

from fluxlit.observability.tracing.carriers import context_of, with_context
from fluxlit.observability.tracing.provider import tracer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.trace import Span
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ("ServerSpans", "request_attributes")

_SERVER_ERROR = 500
_ANSWERS = frozenset({"http.response.start", "websocket.accept", "websocket.close", "websocket.http.response.start"})


class ServerSpans:
    """ASGI middleware that makes them.

    Args:
        app: The application; it finds the span in the headers of its request.
        name: What the spans are called.
        baggage: Whether baggage of the request goes on.
    """

    def __init__(self, app: ASGIApp, *, name: str, baggage: bool = False) -> None:
        self._app = app
        self._name = name
        self._baggage = baggage

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        parent = context_of(scope["headers"], baggage=self._baggage)
        span = tracer().start_span(
            self._name, context=parent, kind=SpanKind.SERVER, attributes=dict(request_attributes(scope))
        )
        context = trace.set_span_in_context(span, parent)
        inner = {**scope, "headers": with_context(list(scope["headers"]), context)}

        async def noting_send(message: Message) -> None:
            _note(span, message)
            await send(message)

        # That of a WebSocket has ended long before anything can go wrong there.
        is_http = scope["type"] == "http"
        # With its baggage, for code that asks for it; `use_span` adds the span alone to what is current.
        token = current_context.attach(parent)
        try:
            with trace.use_span(span, record_exception=is_http, set_status_on_exception=is_http):
                await self._app(inner, receive, noting_send)
        finally:
            current_context.detach(token)
            if span.is_recording():
                _name_by_route(span, inner)
                span.end()


def request_attributes(scope: Scope) -> Mapping[str, Any]:
    """What OpenTelemetry's conventions for HTTP say of a request, as far as it is no secret."""
    attributes = {
        "url.path": scope["path"],
        "url.scheme": scope.get("scheme", "http"),
        "http.request.method": scope.get("method", "GET"),
    }
    if scope["type"] == "websocket":
        attributes["network.protocol.name"] = "websocket"
    if query := scope.get("query_string"):
        attributes["url.query"] = query.decode("latin-1")
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            attributes["fluxlit.request_id"] = value.decode("latin-1")
    return attributes


def _note(span: Span, message: Message) -> None:
    if message["type"] not in _ANSWERS or not span.is_recording():
        return
    for name, value in message.get("headers") or ():
        if name == b"x-request-id":
            span.set_attribute("fluxlit.request_id", value.decode("latin-1"))
    if status := message.get("status"):
        span.set_attribute("http.response.status_code", status)
        if status >= _SERVER_ERROR:
            span.set_status(StatusCode.ERROR)
    if message["type"] != "http.response.start":
        span.end()


def _name_by_route(span: Span, scope: Scope) -> None:
    path = getattr(scope.get("route"), "path", None)
    if path:
        # With where the application is mounted, as FastAPI's own spans have it.
        span.set_attribute("http.route", scope.get("root_path", "") + path)
