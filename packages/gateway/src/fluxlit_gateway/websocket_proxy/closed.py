"""How a WebSocket with an upstream ended."""

from websockets.frames import Close

__all__ = ("UpstreamClosedError",)


class UpstreamClosedError(Exception):
    """There is nothing more to receive, and nothing can be sent.

    Attributes:
        received: The upstream's close frame, or ``None`` when it sent none: the connection was lost.
        sent: The close frame that was sent first, because the upstream broke a rule; else ``None``.
    """

    def __init__(self, *, received: Close | None, sent: Close | None) -> None:
        super().__init__("the upstream closed the WebSocket")
        self.received = received
        self.sent = sent
