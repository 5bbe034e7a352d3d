"""The module naming uvicorn: one server on sockets of ours, with signals that end it without a traceback.

Lifecycle: made, then ``serve`` once. SIGTERM and SIGINT stop it gracefully, a second SIGINT at once; SIGHUP replaces
the UI. After ``serve`` the signal that ended it is in ``ended_by``.
"""

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Coroutine, Generator, Sequence
from types import FrameType
from typing import Any

import uvicorn

__all__ = ("ApplicationServer",)

# Seconds between the last connection that is accepted and the first that is closed.
_LAST_REQUESTS = 0.1


class ApplicationServer(uvicorn.Server):
    """A uvicorn server that calls back once it is started, and keeps the signal that ended it to itself.

    uvicorn raises the captured signal again after the shutdown, which ends the process by that signal and skips
    whatever was left to do (https://github.com/Kludex/uvicorn/pull/1600); here the caller decides on the exit code.

    Args:
        config: uvicorn's configuration.
        on_started: Run in the loop once requests are answered, and cancelled at the end.
        on_hangup: Run in the loop at each SIGHUP.
        on_stopping: Called once, when the first signal asks to stop.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        on_started: Callable[[], Coroutine[Any, Any, None]],
        on_hangup: Callable[[], Coroutine[Any, Any, None]],
        on_stopping: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self.ended_by: int | None = None
        self._on_started = on_started
        self._on_hangup = on_hangup
        self._on_stopping = on_stopping
        self._tasks: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: Sequence[socket.socket] | None = None) -> None:
        """Start the application, then the callback."""
        loop = asyncio.get_running_loop()
        if hasattr(signal, "SIGHUP") and threading.current_thread() is threading.main_thread():
            loop.add_signal_handler(signal.SIGHUP, lambda: self._spawn(self._on_hangup()))
        await super().startup(sockets=list(sockets) if sockets is not None else None)
        if self.started:
            self._spawn(self._on_started())

    async def shutdown(self, sockets: Sequence[socket.socket] | None = None) -> None:
        """Stop the callbacks, then everything else."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # uvicorn stops accepting and closes what has asked nothing yet in one go. Who was accepted just now has a
        # request on its way, and would have to take the end for an answer.
        for listener in self.servers:
            listener.close()
        if not self.force_exit:
            await asyncio.sleep(_LAST_REQUESTS)
        await super().shutdown(sockets=list(sockets) if sockets is not None else None)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Handle SIGINT and SIGTERM while serving, and hold back from raising them again."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        handled = (signal.SIGINT, signal.SIGTERM)
        previous = {number: signal.signal(number, self.handle_exit) for number in handled}
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note the first signal, and stop."""
        if self.ended_by is None:
            self.ended_by = sig
            self._on_stopping()
        super().handle_exit(sig, frame)
