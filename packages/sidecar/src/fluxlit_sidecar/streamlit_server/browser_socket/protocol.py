"""uvicorn's WebSockets with a shorter way for what pages send and receive.

uvicorn passes each message through the library's parser and through ASGI, stops reading after each until it is taken,
and writes each with a system call of its own. A run of a page is one small message in and some ten out, which are there
at once. Here small messages are read directly, reading goes on while few of them wait, and what serves the browser
finds the socket itself in the scope's extensions, to write several messages as one.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import OPEN

from fluxlit_sidecar.streamlit_server.browser_socket.client_frames import ClientFrames

if TYPE_CHECKING:
    from collections.abc import Iterable

    from websockets.http11 import Request

__all__ = ("EXTENSION", "BrowserSocket", "websocket_implementation")

EXTENSION = "fluxlit.browser_socket"
"""The key of the scope's extensions at which the `BrowserSocket` is."""

# Messages that may wait for the application before reading stops; each of them is small.
_MAY_WAIT = 16
_WHOLE_BINARY = 0x82
_IN_16_BITS = 126
_IN_64_BITS = 127
_FROM_64_BITS = 1 << 16

# What is used here of uvicorn's class, by the methods in which it has to appear.
_NEEDED = {
    "data_received": {"conn", "handle_events", "parser_exc", "receive_data"},
    "handle_connect": {"create_task", "handshake_initiated", "queue", "run_asgi", "scope"},
    "receive": {"empty", "get", "queue", "read_paused", "resume_reading", "transport"},
    "send": {"close_sent", "conn", "data_to_send", "disconnected", "send_binary", "transport", "writable"},
    "send_receive_event_to_app": {"close_sent", "pause_reading", "put_nowait", "queue", "read_paused", "transport"},
}


def websocket_implementation() -> Any:
    """What uvicorn is to use: ours where its own is what we know, else its own."""
    for name, needed in _NEEDED.items():
        code = getattr(getattr(WebSocketsSansIOProtocol, name, None), "__code__", None)
        if code is None or not needed <= set(code.co_names):
            return "websockets-sansio"
    return BrowserSocket


class BrowserSocket(WebSocketsSansIOProtocol):
    """One connection."""

    _frames: ClientFrames | None = None

    def handle_connect(self, event: Request) -> None:
        """Let the application find the socket."""
        super().handle_connect(event)
        scope: Any = getattr(self, "scope", None)
        if scope is not None and not self.conn.extensions:
            self._frames = ClientFrames()
            scope["extensions"][EXTENSION] = self

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the scope, which would be a cycle."""
        super().connection_lost(exc)
        scope: Any = getattr(self, "scope", None)
        if scope is not None:
            scope["extensions"].pop(EXTENSION, None)

    def data_received(self, data: bytes) -> None:
        """Read small messages here, and leave the rest to the library."""
        frames = self._frames
        if frames is None or self.conn.state is not OPEN:
            if frames is not None:
                # Before the answer to the handshake, or after a close frame: the library reads from here on.
                data, self._frames = frames.remainder() + data, None
            super().data_received(data)
            return
        for is_message, piece in frames.split(data):
            if self.conn.parser_exc is not None:
                break
            if not is_message:
                super().data_received(piece)
            elif self.conn.state is OPEN and not self.close_sent:
                self.queue.put_nowait({"type": "websocket.receive", "bytes": piece})
        if self.queue.qsize() >= _MAY_WAIT and not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    @property
    def has_room(self) -> bool:
        """Whether the browser takes what is written; if not, only `send` waits until it does."""
        return self.writable.is_set()

    def write_together(self, payloads: Iterable[bytes]) -> None:
        """Write binary messages, all at once.

        Raises:
            OSError: The WebSocket has been closed.
        """
        if self.disconnected or self.close_sent or self.conn.state is not OPEN:
            raise ClientDisconnected
        parts: list[bytes] = []
        for payload in payloads:
            parts.append(_head(len(payload)))
            parts.append(payload)
        self.transport.write(b"".join(parts))


def _head(size: int) -> bytes:
    """The head of a server's frame (RFC 6455, section 5.2)."""
    if size < _IN_16_BITS:
        return b"%c%c" % (_WHOLE_BINARY, size)
    if size < _FROM_64_BITS:
        return struct.pack("!BBH", _WHOLE_BINARY, _IN_16_BITS, size)
    return struct.pack("!BBQ", _WHOLE_BINARY, _IN_64_BITS, size)
