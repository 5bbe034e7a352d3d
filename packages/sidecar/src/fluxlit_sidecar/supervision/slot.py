"""One place of the pool, kept filled with a working sidecar.

Lifecycle: `run` is a task of the pool. It starts a sidecar, watches it until it dies, hangs, gets too old or is to be
replaced, and starts the next one: at once after a first failure, later and later while failures go on. A replacement
starts before the old sidecar drains; when it does not start, the old one stays.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING

from fluxlit_sidecar.errors import SidecarStartError
from fluxlit_sidecar.supervision.backoff import RestartPolicy
from fluxlit_sidecar.supervision.hang import HangWatch
from fluxlit_sidecar.supervision.recycling import recycling_reason
from fluxlit_sidecar.supervision.state import SidecarState, SidecarStatus, Transition
from fluxlit_sidecar.supervision.waiting import wait_for_either

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_sidecar.options import SidecarOptions
    from fluxlit_sidecar.supervision.sidecar import Sidecar

__all__ = ("Slot",)

_LOGGER = logging.getLogger("fluxlit.sidecar")
# A sidecar that served this long before it failed was a good one: its failure is no part of a burst.
_STABLE_AFTER = 5.0


class Slot:
    """Keeps one sidecar running.

    Args:
        number: From 1.
        make: Makes the next sidecar for this place; told whether it takes the place of one that failed.
        retire: Takes a sidecar that is to drain and stop in its own time.
        options: Time limits and limits for recycling.
        on_transition: Called when this place starts to wait, in place of a sidecar's own transitions.
        on_failed_start: Called when `last_error` has been set.
    """

    def __init__(
        self,
        number: int,
        *,
        make: Callable[[bool], Sidecar],
        retire: Callable[[Sidecar, str], None],
        options: SidecarOptions,
        on_transition: Callable[[Transition], None],
        on_failed_start: Callable[[], object],
    ) -> None:
        self._on_failed_start = on_failed_start
        self.number = number
        self._make = make
        self._retire = retire
        self._options = options
        self._on_transition = on_transition
        self._policy = RestartPolicy(options)
        self._wanted = asyncio.Event()
        self._replacements: list[asyncio.Future[None]] = []
        self.sidecar: Sidecar | None = None
        self.waiting: SidecarState | None = None
        self.last_error: SidecarStartError | None = None
        self.reason = ""
        self.restarts = 0

    @property
    def is_calm(self) -> bool:
        """Whether it serves and, if it failed before, has done so for a while."""
        sidecar = self.sidecar
        if sidecar is None or self.waiting is not None or not sidecar.accepts_new:
            return False
        return not self.restarts or sidecar.age > _STABLE_AFTER

    async def replace(self) -> None:
        """Start a fresh sidecar and drain the present one; returns when the fresh one is ready.

        Raises:
            SidecarStartError: The fresh one did not start; the present one goes on.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._replacements.append(done)
        self._wanted.set()
        await done

    async def run(self) -> None:
        """Keep this place filled until cancelled."""
        try:
            while True:
                reason = await self._fill() or await self._serve()
                await self._pause(reason)
        finally:
            self._answer(self._take_requests(), SidecarStartError("the pool was stopped"))

    async def _fill(self) -> str:
        self.sidecar = self._make(self.restarts > 0)
        try:
            await self._start(self.sidecar)
        except SidecarStartError as error:
            self.last_error = error
            self._on_failed_start()
            _LOGGER.error("%s", error)  # noqa: TRY400 - the message says it all; the traceback is our own
            return str(error).partition("\n")[0]
        self.reason = ""
        self.last_error = None
        return ""

    async def _start(self, sidecar: Sidecar) -> None:
        # Only those who asked before this start are served by it: later ones may want newer code than it has read.
        requests = self._take_requests()
        try:
            await sidecar.start()
        except SidecarStartError as error:
            self._answer(requests, error)
            raise
        except BaseException:
            self._answer(requests, SidecarStartError("the pool was stopped"))
            raise
        self._answer(requests, None)

    def _take_requests(self) -> list[asyncio.Future[None]]:
        self._wanted.clear()
        taken, self._replacements = self._replacements, []
        return taken

    @staticmethod
    def _answer(requests: list[asyncio.Future[None]], error: SidecarStartError | None) -> None:
        for done in requests:
            if done.done():
                continue
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

    async def _serve(self) -> str:
        """Watch the sidecar until there is a reason to fill this place again."""
        watch = HangWatch(self._options)
        while True:
            sidecar = self.sidecar
            assert sidecar is not None  # noqa: S101 - _fill has set it
            event = await self._next_event(sidecar)
            if sidecar.age > _STABLE_AFTER:
                self._policy.worked()
            if event == "died":
                return await self._lost(sidecar, f"died, {sidecar.exit_text()}")
            why = "replaced on request" if event == "wanted" else recycling_reason(sidecar, self._options)
            if why:
                await self._swap(sidecar, why)
                watch = HangWatch(self._options)
                continue
            asked = time.monotonic()
            problem = await sidecar.probe()
            if why := watch.note(problem, asked=asked, worked=sidecar.processor_seconds):
                return await self._lost(sidecar, why)

    async def _next_event(self, sidecar: Sidecar) -> str:
        exited = sidecar.exited
        assert exited is not None  # noqa: S101 - it was started
        await wait_for_either(self._wanted, exited, timeout=self._options.probe_interval)
        if exited.done():
            return "died"
        return "wanted" if self._wanted.is_set() else "time to probe"

    async def _lost(self, sidecar: Sidecar, reason: str) -> str:
        _LOGGER.warning("sidecar %s %s", sidecar.name, reason)
        await sidecar.stop(drain_timeout=0, reason=reason)
        return f"sidecar {sidecar.name!r} {reason}"

    async def _swap(self, old: Sidecar, reason: str) -> None:
        fresh = self._make(False)
        try:
            await self._start(fresh)
        except SidecarStartError as error:
            _LOGGER.error("%s\n%s stays", error, old.name)  # noqa: TRY400 - as in _fill
            # A recycling that fails is not tried again at every probe.
            await self._wait(self._options.backoff_max)
            return
        self.sidecar = fresh
        self._retire(old, reason)

    async def _pause(self, reason: str) -> None:
        self.restarts += 1
        self.reason = reason
        delay = self._policy.failed()
        if not delay:
            return
        self.waiting = SidecarState.FAILED if self._policy.gave_up_hurrying else SidecarState.BACKING_OFF
        name = self.sidecar.name if self.sidecar else str(self.number)
        self._on_transition(
            Transition(
                name=name, before=SidecarState.STOPPED, after=self.waiting, reason=f"{reason}; next in {delay:.1f} s"
            )
        )
        await self._wait(delay)
        self.waiting = None

    async def _wait(self, delay: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay):
                await self._wanted.wait()

    def status(self) -> SidecarStatus:
        """This place as it is now."""
        if self.sidecar is None:
            return SidecarStatus(name=f"s{self.number}", slot=self.number, state=SidecarState.STARTING)
        status = self.sidecar.status(slot=self.number, restarts=self.restarts)
        if self.waiting is not None:
            return status.model_copy(update={"state": self.waiting, "reason": self.reason, "address": ""})
        return status
