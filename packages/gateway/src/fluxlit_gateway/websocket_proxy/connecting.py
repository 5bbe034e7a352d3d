"""Opening the upstream's side of a WebSocket.

Writing the handshake as bytes keeps the request target and every header value as the browser sent them. No redirect is
followed, no proxy of the environment used, and no header written to a debug log.
"""

import asyncio
import logging

from websockets.client import ClientProtocol
from websockets.typing import Subprotocol
from websockets.uri import WebSocketURI

from fluxlit_gateway.options import GatewayOptions
from fluxlit_gateway.upstream.addresses import Address
from fluxlit_gateway.websocket_proxy.keep_alive import KeepAlive
from fluxlit_gateway.websocket_proxy.upstream_socket import UpstreamSocket

__all__ = ("connect", "handshake_headers", "ping_interval")


class _NeverDebug(logging.LoggerAdapter[logging.Logger]):
    """websockets logs handshakes, cookies and all, and messages at DEBUG; through this it never does.

    A level of the logger would not last: ``logging.config.dictConfig`` resets loggers below those that it names.
    """

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802  the name is logging's
        return level > logging.DEBUG and super().isEnabledFor(level)


_LOGGER = _NeverDebug(logging.getLogger("fluxlit.gateway.websocket"), {})

_PING_S = 20.0
_CLOSE_S = 10.0

# The library makes a request line and a Host of it, which are not used.
_UNUSED_URI = WebSocketURI(secure=False, host="localhost", port=80, path="/", query="")


def handshake_headers(key: str, subprotocols: list[str]) -> list[tuple[bytes, bytes]]:
    """Return the headers of the opening handshake (RFC 6455, section 4.1), one line for all subprotocols.

    Args:
        key: The ``Sec-WebSocket-Key``.
        subprotocols: What the browser offers.
    """
    pairs = [
        (b"upgrade", b"websocket"),
        (b"connection", b"Upgrade"),
        (b"sec-websocket-key", key.encode("ascii")),
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
            _UNUSED_URI,
            subprotocols=[Subprotocol(name) for name in subprotocols] or None,
            max_size=options.ws_max_message_bytes,
            logger=_LOGGER,
        )
        keep_alive = KeepAlive(ping_interval(address, options), (_PING_S if timeout is None else timeout) or None)
        return UpstreamSocket(
            protocol,
            keep_alive=keep_alive,
            close_timeout=(_CLOSE_S if close is None else close) or None,
            limit=options.ws_max_message_bytes,
        )

    if address.socket_path is not None:
        _, socket = await loop.create_unix_connection(factory, address.socket_path)
    else:
        _, socket = await loop.create_connection(factory, address.host, address.port)
    return socket
