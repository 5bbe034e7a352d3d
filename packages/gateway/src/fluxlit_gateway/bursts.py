"""Bursts: messages of a WebSocket that are there at once and go to the browser in one piece.

A run of a page is some ten messages, which come from the upstream in one piece. ASGI passes one at a time, and a server
writes each by itself: ten system calls, which cost more than the rest of their way through the gateway. So uvicorn,
behind its ``send``, is asked to write them together. What wraps a ``send`` may offer the same as an attribute
``send_burst``; behind a wrapper that does not, as on another server, messages go one by one.
"""

import inspect
import struct
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from fluxlit_gateway.asgi import Send

if TYPE_CHECKING:
    import asyncio

__all__ = ("SendBurst", "burst_sender")

SendBurst = Callable[[Sequence[str | bytes]], Awaitable[None]]
"""Sends whole messages in their order; raises ``OSError`` when the WebSocket has been closed."""

_MODULE = "uvicorn.protocols.websockets.websockets_sansio_impl"
# What its `send` does for a message, and what is used of it here: a version that has another way is left to it.
_NEEDED = frozenset({"close_sent", "conn", "data_to_send", "disconnected", "send_binary", "transport", "writable"})
_UNEXPECTED = frozenset({"cork", "create_task", "drain", "flush", "lock", "writelines"})
_WHOLE_TEXT = 0x81
_WHOLE_BINARY = 0x82
_IN_16_BITS = 126
_IN_64_BITS = 127
_FROM_64_BITS = 1 << 16


def burst_sender(send: Send) -> SendBurst | None:
    """Return what sends several messages at once; ``None`` where they have to be sent one by one.

    Args:
        send: The ASGI ``send`` of an accepted WebSocket.
    """
    wrapped: Any = getattr(send, "send_burst", None)
    if wrapped is not None:
        return cast("SendBurst", wrapped)
    protocol: Any = getattr(send, "__self__", None)
    if not _is_known(cast("type[object]", type(protocol))):
        return None
    connection = getattr(protocol, "conn", None)
    # Frames of an extension, which is compression, are the library's.
    if not isinstance(connection, ServerProtocol) or connection.extensions:
        return None
    return _UvicornBursts(protocol, connection)


@lru_cache(maxsize=16)
def _is_known(kind: type[object]) -> bool:
    code = getattr(getattr(kind, "send", None), "__code__", None)
    if kind.__module__ != _MODULE or not inspect.iscode(code):
        return False
    names = frozenset(code.co_names)
    return names >= _NEEDED and not names & _UNEXPECTED


class _UvicornBursts:
    """What uvicorn's ``send`` does with a message, for several: wait for room, look whether it is open, write."""

    __slots__ = ("_connection", "_protocol", "_writable")

    def __init__(self, protocol: Any, connection: ServerProtocol) -> None:
        self._protocol = protocol
        self._connection = connection
        self._writable: asyncio.Event = protocol.writable

    async def __call__(self, messages: Sequence[str | bytes]) -> None:
        if not self._writable.is_set():
            await self._writable.wait()
        protocol = self._protocol
        if protocol.disconnected or protocol.close_sent or self._connection.state is not OPEN:
            raise OSError("the WebSocket has been closed")
        parts: list[bytes] = []
        for message in messages:
            first, payload = (_WHOLE_TEXT, message.encode()) if isinstance(message, str) else (_WHOLE_BINARY, message)
            parts.append(_head(first, len(payload)))
            parts.append(payload)
        protocol.transport.write(b"".join(parts))


def _head(first: int, size: int) -> bytes:
    """Return the head of a server's frame (RFC 6455, section 5.2)."""
    if size < _IN_16_BITS:
        return b"%c%c" % (first, size)
    if size < _FROM_64_BITS:
        return struct.pack("!BBH", first, _IN_16_BITS, size)
    return struct.pack("!BBQ", first, _IN_64_BITS, size)
