"""Spares: processes that have imported what takes long and wait until a sidecar fails.

A spare holds nothing of the application, so it cannot serve code that has changed since. It is made when the pool is
calm, one at a time, and only takes the place of a sidecar that failed: whoever rolls the sidecars may have upgraded a
library that a spare has imported.

Lifecycle: `run` is a task of the pool; `take` gives a spare away; `renew` throws all away; `stop` ends them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from fluxlit_sidecar.errors import SidecarStartError
from fluxlit_sidecar.supervision.backoff import RestartPolicy
from fluxlit_sidecar.supervision.state import SidecarState

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_sidecar.options import SidecarOptions
    from fluxlit_sidecar.supervision.sidecar import Sidecar

__all__ = ("Spares",)

_LOGGER = logging.getLogger("fluxlit.sidecar")
# That a sidecar has served for a while is no event; this often one looks.
_BETWEEN_LOOKS = 1.0


class Spares:
    """Keeps some spares waiting.

    Args:
        make: Makes one that is not started yet.
        is_calm: Whether all places of the pool serve, and have not just failed.
        options: How many, and the pauses between attempts.
    """

    def __init__(self, *, make: Callable[[], Sidecar], is_calm: Callable[[], bool], options: SidecarOptions) -> None:
        self._make = make
        self._is_calm = is_calm
        self._count = options.spares
        self._policy = RestartPolicy(options)
        self._news = asyncio.Event()
        self._waiting: list[Sidecar] = []
        self._preparing: Sidecar | None = None
        self._outdated = False
        self._leaving: set[asyncio.Task[None]] = set()

    @property
    def present(self) -> tuple[Sidecar, ...]:
        """Those that wait, and the one that is being prepared."""
        return (*self._waiting, *([self._preparing] if self._preparing else []))

    def note(self) -> None:
        """Look again: something has changed in the pool."""
        self._news.set()

    def take(self) -> Sidecar | None:
        """A spare that waits, to be started by the caller; None when there is none."""
        while self._waiting:
            spare = self._waiting.pop(0)
            if spare.state is SidecarState.SPARE and spare.exited is not None and not spare.exited.done():
                return spare
            self._dismiss(spare, "died as a spare")
        return None

    def renew(self, reason: str) -> None:
        """Throw away those that there are; others are made when the pool is calm."""
        self._outdated = self._preparing is not None
        waiting, self._waiting = self._waiting, []
        for spare in waiting:
            self._dismiss(spare, reason)
        self.note()

    async def run(self) -> None:
        """Keep as many waiting as there should be, until cancelled."""
        while True:
            self._news.clear()
            lost = self._clear_away()
            if lost:
                await asyncio.sleep(self._policy.failed())
            elif len(self._waiting) >= self._count:
                await self._news.wait()
            elif self._is_calm():
                await self._prepare_one()
            else:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), _BETWEEN_LOOKS)

    def _clear_away(self) -> bool:
        dead = [spare for spare in self._waiting if spare.exited is None or spare.exited.done()]
        for spare in dead:
            self._waiting.remove(spare)
            _LOGGER.warning("the spare %s died, %s", spare.name, spare.exit_text())
            self._dismiss(spare, f"died as a spare, {spare.exit_text()}")
        return bool(dead)

    async def _prepare_one(self) -> None:
        spare = self._preparing = self._make()
        self._outdated = False
        try:
            await spare.prepare()
        except SidecarStartError as error:
            _LOGGER.warning("no spare at the moment: %s", error)
            await asyncio.sleep(self._policy.failed())
            return
        finally:
            self._preparing = None
        if self._outdated:
            self._dismiss(spare, "made before the sidecars were replaced")
            return
        self._waiting.append(spare)
        if spare.exited is not None:
            spare.exited.add_done_callback(lambda _: self.note())

    def _dismiss(self, spare: Sidecar, reason: str) -> None:
        task = asyncio.create_task(spare.stop(drain_timeout=0, reason=reason))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def stop(self) -> None:
        """End all; the task of `run` has been cancelled."""
        self.renew("the pool stops")
        await asyncio.gather(*self._leaving, return_exceptions=True)
