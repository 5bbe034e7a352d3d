"""WebSockets to the targets of an upstream.

The upstream is asked first. The browser is accepted with the subprotocol that the upstream chose, or refused with the
status that the upstream refused with.
"""

import asyncio

from websockets.exceptions import InvalidHandshake, InvalidMessage, InvalidStatus

from fluxlit_gateway.answers.responses import send_bytes
from fluxlit_gateway.asgi import HeaderPairs, Receive, Send
from fluxlit_gateway.errors import UpstreamBrokenError, UpstreamRefusedError, UpstreamTimeoutError
from fluxlit_gateway.headers.request_head import forwarded_headers, request_head
from fluxlit_gateway.headers.response_head import response_headers
from fluxlit_gateway.options import GatewayOptions
from fluxlit_gateway.routing.request_context import RequestContext
from fluxlit_gateway.upstream.addresses import parse_address
from fluxlit_gateway.upstream.protocols import UpstreamTarget
from fluxlit_gateway.websocket_proxy.connecting import connect, handshake_headers
from fluxlit_gateway.websocket_proxy.relay import relay
from fluxlit_gateway.websocket_proxy.upstream_socket import UpstreamSocket

__all__ = ("WebSocketProxy",)

_HANDSHAKE_ONLY = frozenset({b"sec-websocket-accept", b"sec-websocket-extensions", b"sec-websocket-protocol"})


class WebSocketProxy:
    """Passes WebSockets on.

    Args:
        options: Limits and timeouts.
    """

    def __init__(self, options: GatewayOptions) -> None:
        self._options = options

    async def serve(
        self, context: RequestContext, target: UpstreamTarget, extra: HeaderPairs, *, receive: Receive, send: Send
    ) -> None:
        """Connect the browser to the target until either closes.

        Args:
            context: The handshake request.
            target: Who to ask.
            extra: Headers to add to the accepting answer.
            receive: The ASGI ``receive``; the ``websocket.connect`` message has been taken.
            send: The ASGI ``send``.

        Raises:
            ProxyError: There is no upstream connection; the browser has no answer yet.
        """
        try:
            socket = await self._open(context, target)
        except InvalidStatus as refusal:
            response = refusal.response
            headers = response_headers(
                [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.raw_items()],
                context.request_id,
            )
            context.status = response.status_code
            content_type = dict(headers).get(b"content-type", b"text/plain; charset=utf-8")
            kept = [pair for pair in headers if pair[0] not in {b"content-type", b"content-length"}]
            await send_bytes(
                context.scope,
                send,
                status=response.status_code,
                body=bytes(response.body or b""),
                content_type=content_type,
                headers=kept,
            )
            return
        headers = [pair for pair in extra if pair[0] not in _HANDSHAKE_ONLY]
        headers.append((b"x-request-id", context.request_id))
        try:
            context.status = 101
            await send({"type": "websocket.accept", "subprotocol": socket.subprotocol, "headers": headers})
        except BaseException:
            socket.abort()
            raise
        await relay(socket, receive=receive, send=send, max_message_bytes=self._options.ws_max_message_bytes)

    async def _open(self, context: RequestContext, target: UpstreamTarget) -> UpstreamSocket:
        subprotocols: list[str] = list(context.scope.get("subprotocols") or ())
        socket: UpstreamSocket | None = None
        try:
            async with asyncio.timeout(self._options.ws_open_timeout_s or None):
                try:
                    socket = await connect(parse_address(target.address), self._options, subprotocols)
                except OSError as exc:
                    raise UpstreamRefusedError(f"cannot connect to the upstream: {exc.strerror or exc}") from exc
                own = forwarded_headers(context, target.headers)
                own.extend(handshake_headers(socket.key, subprotocols))
                await socket.open(request_head(context, method="GET", own=own))
        except InvalidStatus:
            raise
        except TimeoutError as exc:
            raise UpstreamTimeoutError("the upstream did not finish the WebSocket handshake in time") from exc
        except (InvalidHandshake, InvalidMessage, OSError) as exc:
            raise UpstreamBrokenError("the upstream did not accept the WebSocket") from exc
        else:
            opened, socket = socket, None
            return opened
        finally:
            if socket is not None:
                socket.abort()
