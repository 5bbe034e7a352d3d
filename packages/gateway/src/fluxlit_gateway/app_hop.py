"""The UI as an ASGI application in this process: the same rules as for a server behind an address, without a socket."""

from fluxlit_gateway.answer_tap import AnswerTap
from fluxlit_gateway.asgi import ASGIApp, Message, Receive, Send
from fluxlit_gateway.body_limit import BodyLimit
from fluxlit_gateway.headers.header_filter import filter_request_headers
from fluxlit_gateway.headers.request_head import forwarded_headers, request_target
from fluxlit_gateway.headers.response_head import response_headers
from fluxlit_gateway.layers import with_upstream_headers
from fluxlit_gateway.options import GatewayOptions
from fluxlit_gateway.routing.request_context import RequestContext

__all__ = ("AppHop",)

# What the application needs of a request although a network hop would make its own.
_KEPT = frozenset({b"content-length", b"sec-websocket-protocol"})


class AppHop:
    """Calls the application with what a request over the network would have told it.

    Args:
        app: The ASGI application.
        options: The settings.
    """

    def __init__(self, app: ASGIApp, options: GatewayOptions) -> None:
        self._app = app
        self._options = options
        self._limit = BodyLimit.of(options)
        self._allowed = frozenset(name.encode("ascii") for name in options.forward_client_headers_http)

    async def serve(self, context: RequestContext, receive: Receive, send: Send) -> None:
        """Answer a request.

        Raises:
            BodyTooLargeError: The body is too large, and nothing was sent yet.
        """
        limit = self._limit
        length = context.headers.get(b"content-length", b"")
        if length.isdigit():
            limit.check(int(length))
        scope = dict(context.scope)
        headers = with_upstream_headers(
            filter_request_headers(scope["headers"], self._allowed), context.upstream_headers
        )
        headers += [pair for pair in scope["headers"] if pair[0] in _KEPT]
        scope["headers"] = [(b"host", context.host), *headers, *forwarded_headers(context, {})]
        inner = context.mount == context.ui_mount
        path = context.full_path if inner else context.ui_mount + context.path
        if path != scope["path"]:
            bare = {**scope, "query_string": b""}
            scope["raw_path"] = request_target(bare, context.ui_mount, outer=context.mount)
        scope["path"] = path
        scope["root_path"] = ""
        tap = AnswerTap(context, _Filter(context, send), self._options.ui_security_headers)
        await self._app(scope, _Limited(receive, limit) if limit.size else receive, tap)

    def close(self) -> None:
        """Nothing is open."""


class _Filter:
    """Applies the header rules of answers."""

    def __init__(self, context: RequestContext, send: Send) -> None:
        self._context = context
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            context = self._context
            headers = response_headers(
                message.get("headers", ()), context.request_id, is_cross_origin=context.is_cross_origin
            )
            message = {**message, "headers": headers}
        await self._send(message)


class _Limited:
    """Counts the body as the application reads it."""

    def __init__(self, receive: Receive, limit: BodyLimit) -> None:
        self._receive = receive
        self._limit = limit
        self._size = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._size += len(message.get("body", b""))
        self._limit.check(self._size)
        return message
