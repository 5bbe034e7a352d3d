"""When garbage is collected in a lean sidecar.

Streamlit collects all generations after every run of a script, over everything that is imported. Here what is imported
is frozen, which leaves it out of every collection, and full collections happen when nobody waits: once the sidecar has
been idle for a moment, and at the latest after a number of runs, so that memory stays bounded under constant load.
"""

from __future__ import annotations

import asyncio
import gc

__all__ = ("CollectionSchedule", "freeze_imports")


def freeze_imports() -> None:
    """Collect once and leave all that is alive now out of later collections."""
    gc.collect()
    gc.freeze()


class CollectionSchedule:
    """Counts runs and collects. Its methods belong to one event loop.

    Args:
        every_runs: Runs after which it collects even when the sidecar is busy.
        when_idle: Seconds without a run after which it collects.
    """

    def __init__(self, *, every_runs: int, when_idle: float) -> None:
        self._every_runs = every_runs
        self._when_idle = when_idle
        self._runs = 0
        self._timer: asyncio.TimerHandle | None = None

    def note_run(self) -> None:
        """A script is about to run, or a session has ended."""
        self._runs += 1
        if self._timer is not None:
            self._timer.cancel()
        delay = 0 if self._runs >= self._every_runs else self._when_idle
        self._timer = asyncio.get_running_loop().call_later(delay, self._collect)

    def _collect(self) -> None:
        self._runs = 0
        self._timer = None
        gc.collect()

    def close(self) -> None:
        """Collect no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
