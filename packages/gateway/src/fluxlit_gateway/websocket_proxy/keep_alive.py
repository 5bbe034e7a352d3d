"""Pings that find out whether an upstream is still there."""

import asyncio
import os
from collections.abc import Callable

__all__ = ("KeepAlive",)

_PAYLOAD_BYTES = 4


class KeepAlive:
    """Sends a ping now and then, and gives up when one stays unanswered.

    Args:
        interval: Seconds between an answer and the next ping; ``None`` sends none.
        timeout: Seconds to wait for an answer; ``None`` waits for ever.
    """

    def __init__(self, interval: float | None, timeout: float | None) -> None:
        self._interval = interval
        self._timeout = timeout
        self._timer: asyncio.TimerHandle | None = None
        self._asked: bytes | None = None

    def start(self, ping: Callable[[bytes], None], give_up: Callable[[], None]) -> None:
        """Begin.

        Args:
            ping: Sends a ping with a payload.
            give_up: Called once, when a ping stayed unanswered.
        """
        self._ping = ping
        self._give_up = give_up
        self._next()

    def answered(self, payload: bytes) -> None:
        """Note a pong."""
        if self._asked is not None and payload == self._asked:
            self._asked = None
            self.stop()
            self._next()

    def stop(self) -> None:
        """End."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _next(self) -> None:
        if self._interval is not None:
            self._timer = asyncio.get_running_loop().call_later(self._interval, self._ask)

    def _ask(self) -> None:
        self._asked = os.urandom(_PAYLOAD_BYTES)
        self._ping(self._asked)
        if self._timeout is not None:
            self._timer = asyncio.get_running_loop().call_later(self._timeout, self._give_up)
