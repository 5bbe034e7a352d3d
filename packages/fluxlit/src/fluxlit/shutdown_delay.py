"""Goes on serving for a while after SIGTERM, so that balancers hear of the end before the port closes.

Lifecycle: `delayed_shutdown` is entered when the application serves. The first SIGTERM only announces the end; the
server's own handler gets it when the time is over, or at once when a second one comes. SIGINT is left alone: who
presses Ctrl-C does not want to wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import FrameType

__all__ = ("delayed_shutdown",)

_LOGGER = logging.getLogger("fluxlit.runtime")


@contextlib.contextmanager
def delayed_shutdown(seconds: float, announce: Callable[[], None]) -> Generator[None]:
    """Hold SIGTERM back from the server for `seconds` while the block runs; called inside the server's loop.

    It works where the server handles signals with `signal.signal` before its lifespan starts, as uvicorn does.
    Elsewhere (in a thread, in a test client) the block just runs.

    Args:
        seconds: How long; with 0 nothing is changed.
        announce: Called in the loop at the first SIGTERM.
    """
    server = signal.getsignal(signal.SIGTERM)
    if seconds <= 0 or not callable(server) or threading.current_thread() is not threading.main_thread():
        yield
        return
    delay = _Delay(seconds, announce, server)
    signal.signal(signal.SIGTERM, delay.on_signal)
    try:
        yield
    finally:
        delay.cancel()
        signal.signal(signal.SIGTERM, server)


class _Delay:
    def __init__(
        self, seconds: float, announce: Callable[[], None], server: Callable[[int, FrameType | None], object]
    ) -> None:
        self._seconds = seconds
        self._announce = announce
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._has_begun = False

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._has_begun:
            self._server(number, frame)
            return
        self._has_begun = True
        # A signal handler interrupts whatever runs in the loop; this is called between two steps of it.
        self._loop.call_soon_threadsafe(self._begin)

    def _begin(self) -> None:
        self._announce()
        _LOGGER.info("SIGTERM: /readyz answers 503 from now on; everything else is served for %.1f s", self._seconds)
        self._timer = self._loop.call_later(self._seconds, self._server, signal.SIGTERM, None)

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
