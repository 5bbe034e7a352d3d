"""One connection to an upstream: aiohttp's client protocol with the request side written as bytes.

aiohttp's parser and stream reader do the receiving (llhttp, flow control, read timeout). Its ``ClientSession`` is left
out on purpose: it keeps cookies, reads proxies from the environment, re-encodes header values and costs more than the
rest of an exchange together.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import StreamReader
from aiohttp.client_proto import ResponseHandler

from fluxlit_gateway.errors import UpstreamBrokenError, UpstreamTimeoutError

__all__ = ("UpstreamConnection", "UpstreamResponse")

# One header line of an upstream may be this long, in bytes: a cookie jar of Set-Cookie lines or a long redirect fits.
_LINE_LIMIT = 1 << 16
# aiohttp pauses the socket when twice this many bytes wait to be sent on; it bounds the memory of each exchange.
_READ_BUFFER = 1 << 16
_CONTINUE = 100
_SWITCHING_PROTOCOLS = 101
_OK = 200


@dataclass(slots=True)
class UpstreamResponse:
    """The head of an answer, and the stream of its body."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: StreamReader


class UpstreamConnection(ResponseHandler):
    """A keep-alive connection that carries one exchange at a time.

    Attributes:
        idle_since: Loop time at which it was last put back, in seconds.
        continue_received: Set when the upstream asks for the body with ``100 Continue``.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.idle_since = 0.0
        self.is_reused = False
        self.continue_received: asyncio.Event | None = None

    @property
    def is_usable(self) -> bool:
        """Whether another request may be sent: open, and nothing of the last answer is left."""
        return self.is_connected() and not self.should_close

    def begin(self, head: bytes, *, is_head: bool, read_timeout: float) -> None:
        """Send the first lines and expect an answer.

        Args:
            head: Request line and headers.
            is_head: Whether the method is HEAD, whose answer has no body whatever its headers say.
            read_timeout: Seconds to wait for each piece of the answer; 0 for no limit.
        """
        self.set_response_params(
            skip_payload=is_head,
            read_until_eof=True,
            auto_decompress=False,
            read_timeout=read_timeout or None,
            read_bufsize=_READ_BUFFER,
            max_line_size=_LINE_LIMIT,
            max_field_size=_LINE_LIMIT,
        )
        self.write(head)

    def write(self, data: bytes) -> None:
        """Hand bytes to the socket; ``drain`` says when it has room for more."""
        if self.transport is None:
            raise ConnectionResetError("the upstream closed the connection")
        self.transport.write(data)

    async def drain(self, timeout_s: float) -> None:
        """Wait until the socket has room.

        Raises:
            UpstreamTimeoutError: It had none for ``timeout_s`` seconds (0: wait for ever).
        """
        if not self.writing_paused:
            return
        try:
            async with asyncio.timeout(timeout_s or None):
                await self._drain_helper()
        except TimeoutError as exc:
            raise UpstreamTimeoutError("the upstream stopped reading the request body") from exc
        finally:
            if self._drain_waiter is not None:
                # Nobody waits any more; aiohttp before 3.14 leaves it open, and logs its end as an unseen exception.
                self._drain_waiter.cancel()

    async def response(self) -> UpstreamResponse:
        """Wait for the head of the final answer; interim ones (1xx) are taken note of and dropped.

        Raises:
            UpstreamBrokenError: The upstream switched protocols.
        """
        while True:
            message, body = await self.read()
            if message.code >= _OK:
                return UpstreamResponse(message.code, message.raw_headers, body)
            if message.code == _SWITCHING_PROTOCOLS:
                raise UpstreamBrokenError("the upstream switched to another protocol without being asked to")
            if message.code == _CONTINUE and self.continue_received is not None:
                self.continue_received.set()
