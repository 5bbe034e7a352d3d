"""Counts the bytes of a WebSocket's messages, both ways."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from fluxlit_gateway.asgi import Message, Receive, Send
from fluxlit_gateway.bursts import SendBurst, burst_sender

__all__ = ("Count", "metered_socket")

Count = Callable[[tuple[str], int], None]
"""Called with the direction, ``in`` or ``out``, and a number of bytes."""


def metered_socket(receive: Receive, send: Send, count: Count) -> tuple[Receive, Send]:
    """Return what to receive and send with instead, so that bytes are counted.

    Args:
        receive: The server's ``receive``.
        send: The server's ``send``.
        count: Told the bytes of a message, or of a burst of them.
    """

    async def counting_receive() -> Message:
        message = await receive()
        if message["type"] == "websocket.receive":
            count(("in",), _size(message))
        return message

    return counting_receive, _CountingSend(send, count)


class _CountingSend:
    __slots__ = ("_count", "_send")

    def __init__(self, send: Send, count: Count) -> None:
        self._send = send
        self._count = count

    def __call__(self, message: Message) -> Awaitable[None]:
        if message["type"] == "websocket.send":
            self._count(("out",), _size(message))
        return self._send(message)

    @property
    def send_burst(self) -> SendBurst | None:
        """See ``fluxlit_gateway.bursts``."""
        inner = burst_sender(self._send)
        return None if inner is None else partial(self._send_burst, inner)

    def _send_burst(self, inner: SendBurst, messages: Sequence[str | bytes]) -> Awaitable[None]:
        self._count(("out",), sum(map(len, messages)))
        return inner(messages)


def _size(message: Message) -> int:
    data = message.get("bytes")
    return len(data) if data is not None else len(message.get("text") or "")
