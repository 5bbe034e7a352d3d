"""The upstream's side of a WebSocket: the websockets library with a handshake written as bytes.

Writing the handshake here keeps the request target and every header value as the browser sent them, follows no
redirects, reads no proxy settings from the environment, and writes no header to a debug log.
"""

import asyncio
import logging

from websockets.asyncio.client import ClientConnection
from websockets.client import ClientProtocol
from websockets.protocol import CONNECTING
from websockets.typing import Subprotocol
from websockets.uri import WebSocketURI

from fluxlit_gateway.options import GatewayOptions
from fluxlit_gateway.upstream.addresses import Address

__all__ = ("UpstreamSocket", "connect", "handshake_headers", "ping_interval")

# websockets logs handshake headers, cookies and all, at DEBUG; this logger never lets it.
_LOGGER = logging.getLogger("fluxlit.gateway.websocket")
_LOGGER.setLevel(logging.INFO)

# Messages of the upstream that wait for a slow browser before the socket is paused. Each may be large.
_MAX_QUEUE = 4
_PING_S = 20.0
_CLOSE_S = 10.0


class UpstreamSocket(ClientConnection):
    """A client connection whose opening handshake is given as bytes."""

    async def open(self, head: bytes) -> None:
        """Send the handshake and wait for the answer.

        Raises:
            InvalidHandshake: The upstream refused or did not speak WebSocket.
        """
        async with self.send_context(expected_state=CONNECTING):
            self.protocol.writes.append(head)
        await asyncio.wait([self.response_rcvd, self.connection_lost_waiter], return_when=asyncio.FIRST_COMPLETED)
        if self.protocol.handshake_exc is not None:
            raise self.protocol.handshake_exc
        self.start_keepalive()


def handshake_headers(socket: UpstreamSocket, subprotocols: list[str]) -> list[tuple[bytes, bytes]]:
    """Return the headers of the opening handshake (RFC 6455, section 4.1), one line for all subprotocols."""
    pairs = [
        (b"upgrade", b"websocket"),
        (b"connection", b"Upgrade"),
        (b"sec-websocket-key", socket.protocol.key.encode("ascii")),
        (b"sec-websocket-version", b"13"),
    ]
    if subprotocols:
        pairs.append((b"sec-websocket-protocol", ", ".join(subprotocols).encode("latin-1")))
    return pairs


def ping_interval(address: Address, options: GatewayOptions) -> float | None:
    """Return the seconds between pings to an upstream, or ``None`` for no pings.

    On this host the kernel tells when a peer has gone, so by default only others are asked. A page that computes for a
    minute without letting go of the GIL answers no ping either, and its users must not lose their sessions for that.
    """
    if options.ws_ping_interval_s is not None:
        return options.ws_ping_interval_s or None
    return None if address.is_local else _PING_S


async def connect(address: Address, options: GatewayOptions, subprotocols: list[str]) -> UpstreamSocket:
    """Open the transport; the handshake is still to be sent.

    Raises:
        OSError: Nobody listens.
    """
    loop = asyncio.get_running_loop()
    timeout, close = options.ws_ping_timeout_s, options.ws_close_timeout_s

    def factory() -> UpstreamSocket:
        protocol = ClientProtocol(
            WebSocketURI(secure=False, host="localhost", port=80, path="/", query=""),
            subprotocols=[Subprotocol(name) for name in subprotocols] or None,
            max_size=options.ws_max_message_bytes,
            logger=_LOGGER,
        )
        return UpstreamSocket(
            protocol,
            ping_interval=ping_interval(address, options),
            ping_timeout=(_PING_S if timeout is None else timeout) or None,
            close_timeout=(_CLOSE_S if close is None else close) or None,
            max_queue=_MAX_QUEUE,
        )

    if address.socket_path is not None:
        _, socket = await loop.create_unix_connection(factory, address.socket_path)
    else:
        _, socket = await loop.create_connection(factory, address.host, address.port)
    return socket
