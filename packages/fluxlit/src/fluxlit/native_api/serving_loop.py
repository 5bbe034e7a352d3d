"""The event loop that serves the application, as other threads reach it.

Lifecycle: made in that loop; `close` ends what others have begun there and lets them know.
"""

from __future__ import annotations

import asyncio
import contextvars
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import concurrent.futures
    from collections.abc import Coroutine

__all__ = ("ServingLoop",)

_Result = TypeVar("_Result")


class ServingLoop:
    """The running event loop and the context of whoever made this."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._context = contextvars.copy_context()
        self._closed = False
        self._begun: set[concurrent.futures.Future[Any]] = set()

    @property
    def is_here(self) -> bool:
        """Whether this is the thread of that loop, and the loop runs."""
        try:
            return asyncio.get_running_loop() is self._loop
        except RuntimeError:
            return False

    def submit(self, work: Coroutine[Any, Any, _Result]) -> concurrent.futures.Future[_Result]:
        """Run `work` in the loop. From any thread.

        Raises:
            ConnectionError: It is closed.
        """
        if self._closed or self._loop.is_closed():
            work.close()
            raise ConnectionError("the application is not being served")
        # As over a socket: nothing of a page's context reaches the API but what its request says.
        future = self._context.copy().run(asyncio.run_coroutine_threadsafe, work, self._loop)
        self._begun.add(future)
        future.add_done_callback(self._begun.discard)
        return future

    def close(self) -> None:
        """Take nothing more, and cancel what runs."""
        self._closed = True
        for future in tuple(self._begun):
            future.cancel()
