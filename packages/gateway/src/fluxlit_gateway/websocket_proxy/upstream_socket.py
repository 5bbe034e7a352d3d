"""The upstream's side of a WebSocket: the websockets library's protocol on a transport of the loop.

Lifecycle: connected by ``connecting.connect``, opened by ``open`` with a handshake given as bytes, ended by the
upstream's close frame, by ``close`` or by the loss of the connection. ``gone`` waits for the end of the connection,
which comes within the close timeout; ``abort`` drops it at once.

The library's own asyncio layer is left out: it queues and locks for cases that a relay does not have, and costs more
than the rest of a message's way. Flow control is the transport's: reading pauses while messages wait to be taken, and
``is_full`` says when to wait before sending more.
"""

import asyncio
from collections import deque
from typing import cast

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import CONNECTING, OPEN

from fluxlit_gateway.websocket_proxy.closed import UpstreamClosedError
from fluxlit_gateway.websocket_proxy.keep_alive import KeepAlive
from fluxlit_gateway.websocket_proxy.small_frames import (
    BINARY,
    PASSED_ON,
    SMALL_TO_SEND_BYTES,
    TEXT,
    FrameSplitter,
    MaskedFrames,
)

__all__ = ("UpstreamSocket",)

# Bytes of messages that wait for a slow browser before the socket is paused; the last one may be of any size.
_ENOUGH_WAITING = 1 << 18
# Bytes of messages that go to the browser in one piece; a larger message goes alone.
_TOGETHER = 1 << 16
_INVALID_DATA = 1007
# More than this without an end is for the library to refuse.
_HEAD_LIMIT = 1 << 16


class UpstreamSocket(asyncio.Protocol):
    """One connection.

    Args:
        protocol: Parses and makes frames.
        keep_alive: Asks the upstream for signs of life, or never.
        close_timeout: Seconds for the closing handshake and the end of the connection after it; ``None`` for ever.
        limit: Largest message in bytes, as ``protocol`` has it; ``None`` for any.
    """

    def __init__(
        self, protocol: ClientProtocol, *, keep_alive: KeepAlive, close_timeout: float | None, limit: int | None
    ) -> None:
        self._protocol = protocol
        self._keep_alive = keep_alive
        self._close_timeout = close_timeout
        self._loop = asyncio.get_running_loop()
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._lost: asyncio.Future[None] = self._loop.create_future()
        self._arrived: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._messages: deque[str | bytes] = deque()
        self._waiting = 0
        self._fragments: list[bytes] = []
        self._is_text = False
        self._is_discarding = False
        self._head: bytes | None = b""
        self._splitter = FrameSplitter(limit)
        self._frames = MaskedFrames()
        self._closed: UpstreamClosedError | None = None
        self._abort_timer: asyncio.TimerHandle | None = None

    @property
    def key(self) -> str:
        """The ``Sec-WebSocket-Key`` that the handshake has to carry."""
        return self._protocol.key

    @property
    def subprotocol(self) -> str | None:
        """What the upstream chose."""
        return self._protocol.subprotocol

    async def open(self, head: bytes) -> None:
        """Send the handshake and wait for the answer.

        Raises:
            InvalidHandshake: The upstream refused, or did not speak WebSocket.
        """
        self._transport.write(head)
        await self._opened
        self._keep_alive.start(self._ping, self._give_up)

    async def receive(self) -> list[str | bytes]:
        """Return the next messages: what is there, up to 64 KiB of it, and at least one.

        Raises:
            UpstreamClosedError: There is none any more.
        """
        messages = self._messages
        while not messages:
            if self._closed is not None:
                raise self._closed
            self._arrived = self._loop.create_future()
            await self._arrived
        taken = [messages.popleft()]
        size = len(taken[0])
        while messages and (size := size + len(messages[0])) <= _TOGETHER:
            taken.append(messages.popleft())
        if not messages:
            if self._waiting >= _ENOUGH_WAITING:
                self._transport.resume_reading()
            self._waiting = 0
        return taken

    @property
    def is_full(self) -> bool:
        """Whether to wait with ``has_room`` before sending more."""
        return self._writable is not None

    async def has_room(self) -> None:
        """Wait until the socket has room for another message, or is gone."""
        if self._writable is not None:
            await self._writable

    def send(self, message: str | bytes) -> None:
        """Send a message.

        Raises:
            UpstreamClosedError: The connection has ended.
        """
        if self._closed is not None or self._protocol.state is not OPEN:
            raise self._closed or UpstreamClosedError(received=None, sent=None)
        opcode, payload = (TEXT, message.encode()) if isinstance(message, str) else (BINARY, message)
        if len(payload) <= SMALL_TO_SEND_BYTES:
            self._transport.write(self._frames.make(opcode, payload))
        else:
            send = self._protocol.send_text if opcode == TEXT else self._protocol.send_binary
            send(payload)
            self._flush()

    def close(self, code: int, reason: str) -> None:
        """Say goodbye; messages that still come in are dropped.

        Args:
            code: The close code.
            reason: At most 123 bytes.
        """
        self._messages.clear()
        if self._waiting >= _ENOUGH_WAITING:
            self._transport.resume_reading()
        self._waiting = 0
        self._is_discarding = True
        self._splitter.stop()
        if self._protocol.state is OPEN:
            self._protocol.send_close(code, reason)
            self._flush()
        self._end()
        self._abort_later()

    async def gone(self) -> None:
        """Wait for the end of the connection after a close frame, whichever side sent it."""
        await asyncio.shield(self._lost)

    def abort(self) -> None:
        """Drop the connection at once."""
        self._transport.abort()

    # What the loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Parse what came in, answer pings, keep messages."""
        if self._head is not None:
            data = self._take_head(data)
        if self._protocol.state is CONNECTING:
            # Not yet, or a refusal with a body.
            self._protocol.receive_data(data)
            self._process()
            return
        for opcode, piece in self._splitter.split(data):
            if opcode == PASSED_ON:
                self._protocol.receive_data(piece)
                self._process()
            elif self._protocol.state is OPEN:
                self._keep(piece, is_text=opcode == TEXT)

    def eof_received(self) -> None:
        """Note the upstream's end of the connection; the transport closes ours."""
        if self._head:
            self._protocol.receive_data(self._head)
            self._head = None
        self._protocol.receive_eof()
        self._process()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake whoever waits."""
        del exc
        self._keep_alive.stop()
        if self._abort_timer is not None:
            self._abort_timer.cancel()
        self._protocol.receive_eof()
        self._process()
        self._end()
        self._lost.set_result(None)
        self.resume_writing()
        if not self._opened.done():
            self._opened.set_exception(InvalidHandshake("the upstream closed the connection during the handshake"))

    def pause_writing(self) -> None:
        """Note that the socket is full."""
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        """Wake who waits for room."""
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    # Steps.

    def _take_head(self, data: bytes) -> bytes:
        """Keep the head of the handshake's answer until it is whole; return what came after it.

        The library would read on into the frames behind it, and nobody could tell where the next one begins.
        """
        head, end, rest = ((self._head or b"") + data).partition(b"\r\n\r\n")
        if not end and len(head) < _HEAD_LIMIT:
            self._head = head
            return b""
        self._head = None
        self._protocol.receive_data(head + end)
        self._process()
        return rest

    def _process(self) -> None:
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._take(event)
            elif isinstance(event, Response) and not self._opened.done() and self._protocol.handshake_exc is None:
                self._opened.set_result(None)
        if self._protocol.handshake_exc is not None and not self._opened.done():
            self._opened.set_exception(self._protocol.handshake_exc)
        self._conclude()

    def _conclude(self) -> None:
        self._flush()
        if self._protocol.close_sent is not None:
            # Either the upstream closed, and it is answered, or it broke a rule, and it was told.
            self._end()
            self._abort_later()

    def _take(self, frame: Frame) -> None:
        if frame.opcode is Opcode.PONG:
            self._keep_alive.answered(bytes(frame.data))
        elif frame.opcode in {Opcode.TEXT, Opcode.BINARY, Opcode.CONT} and not self._is_discarding:
            if frame.opcode is not Opcode.CONT:
                self._is_text = frame.opcode is Opcode.TEXT
            if frame.fin and not self._fragments:
                self._keep(bytes(frame.data), is_text=self._is_text)
                return
            self._fragments.append(bytes(frame.data))
            if frame.fin:
                whole, self._fragments = b"".join(self._fragments), []
                self._keep(whole, is_text=self._is_text)

    def _keep(self, data: bytes, *, is_text: bool) -> None:
        try:
            message = data.decode() if is_text else data
        except UnicodeDecodeError:
            self._protocol.fail(_INVALID_DATA, "a text message is not UTF-8")
            self._conclude()
            return
        before = self._waiting
        self._messages.append(message)
        self._waiting = before + len(data)
        if self._waiting >= _ENOUGH_WAITING > before:
            self._transport.pause_reading()
        self._wake()

    def _wake(self) -> None:
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    def _end(self) -> None:
        if self._closed is None:
            protocol = self._protocol
            sent = None if protocol.close_rcvd_then_sent else protocol.close_sent
            self._closed = UpstreamClosedError(received=protocol.close_rcvd, sent=sent)
        self._wake()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if self._transport.is_closing():
                return
            if data:
                self._transport.write(data)
            elif self._transport.can_write_eof():
                self._transport.write_eof()

    def _ping(self, payload: bytes) -> None:
        if self._protocol.state is OPEN:
            self._protocol.send_ping(payload)
            self._flush()

    def _give_up(self) -> None:
        self._protocol.fail(1011, "keepalive ping timeout")
        self._flush()
        self._end()
        self._transport.abort()

    def _abort_later(self) -> None:
        if self._close_timeout is not None and self._abort_timer is None and not self._lost.done():
            self._abort_timer = self._loop.call_later(self._close_timeout, self._transport.abort)
