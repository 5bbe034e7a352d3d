"""When garbage is collected in a lean sidecar.

Streamlit collects all generations after every run of a script, over everything that is imported. Here what is imported
is frozen, which leaves it out of every collection, and full collections happen when nobody waits: once the sidecar has
been idle for a moment, and at the latest after a number of runs, so that memory stays bounded under constant load.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ("CollectionSchedule", "freeze_imports", "set_imports_aside", "without_collection")


@contextlib.contextmanager
def without_collection() -> Generator[None]:
    """Import a lot in this block: the collector would look through all that stays, again and again, and find little."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def set_imports_aside() -> None:
    """Leave all that is alive out of later collections without a first one, which takes a tenth of a second.

    For what libraries have imported: some 3,000 objects of it are garbage, well below a megabyte.
    """
    gc.freeze()


def freeze_imports() -> None:
    """Collect once and leave all that is alive now out of later collections."""
    gc.collect()
    gc.freeze()


class CollectionSchedule:
    """Counts runs, collects, and knows when nobody waits. Its methods belong to one event loop.

    Args:
        every_runs: Runs after which it collects even when the sidecar is busy.
        when_idle: Seconds without a run after which it collects.

    Attributes:
        idle: Set once the sidecar has been idle for that long; for what shall not disturb a visitor.
    """

    def __init__(self, *, every_runs: int, when_idle: float) -> None:
        self.idle = asyncio.Event()
        self._every_runs = every_runs
        self._when_idle = when_idle
        self._runs = 0
        self._last = 0.0
        self._timer: asyncio.Handle | None = None

    def note_run(self) -> None:
        """A script is about to run, or a session has ended."""
        loop = asyncio.get_running_loop()
        self._runs += 1
        self._last = loop.time()
        if self._runs == self._every_runs:
            self.close()
            self._timer = loop.call_soon(self._look)
        elif self._timer is None:
            # One timer for a burst of runs, which finds out for itself when the last of them was.
            self._timer = loop.call_later(self._when_idle, self._look)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        left = self._last + self._when_idle - loop.time()
        if left > 0 and self._runs < self._every_runs:
            self._timer = loop.call_later(left, self._look)
            return
        self._timer = None
        self._runs = 0
        gc.collect()
        if left <= 0:
            self.idle.set()
        else:
            # Still busy: the runs that follow are a new burst.
            self._timer = loop.call_later(left, self._look)

    def close(self) -> None:
        """Collect no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
