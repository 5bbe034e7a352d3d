"""One sidecar: one child process from its socket to its end.

Lifecycle: ``starting → warming → ready → draining → stopped``. A `Sidecar` runs one process once; what replaces it is a
new `Sidecar` with a new name, so that a browser's affinity to the old one ends with it. A spare is first prepared and
started later, in the same process.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING

import psutil

from fluxlit_sidecar.child import names
from fluxlit_sidecar.errors import SidecarStartError
from fluxlit_sidecar.supervision.listener import listener_for
from fluxlit_sidecar.supervision.probe import probe
from fluxlit_sidecar.supervision.process import ChildProcess
from fluxlit_sidecar.supervision.state import SidecarState, SidecarStatus, Transition
from fluxlit_sidecar.supervision.waiting import wait_for_either

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping

    from fluxlit_sidecar.child_spec import ChildSpec
    from fluxlit_sidecar.options import SidecarOptions
    from fluxlit_sidecar.runtime_folder import RuntimeFolder

__all__ = ("Sidecar",)

_LOGGER = logging.getLogger("fluxlit.sidecar")
# A child that does not report is asked this often whether it serves yet.
_PROBE_WHILE_STARTING = 0.1
# Seconds in which a spare that is needed says so much as that it has heard; it may have been frozen meanwhile.
_SPARE_WAKES_WITHIN = 5.0
# Start timeouts that a spare may take to prepare itself, with what processor time nobody else wants.
_SPARE_PATIENCE = 5


class Sidecar:
    """A child process with an address. Meets the gateway's ``UpstreamTarget`` structurally.

    Args:
        spec: What to run.
        name: Unique; part of the socket's file name.
        folder: Where the socket belongs.
        options: Time limits.
        env: Variables that the pool adds for every child.
        on_transition: Called on every change of state.
    """

    def __init__(
        self,
        spec: ChildSpec,
        *,
        name: str,
        folder: RuntimeFolder,
        options: SidecarOptions,
        env: Mapping[str, str],
        on_transition: Callable[[Transition], None],
    ) -> None:
        self._spec = spec
        self._options = options
        self._env = env
        self._on_transition = on_transition
        self._listener = listener_for(name, folder=folder, transport=options.transport)
        self._process: ChildProcess | None = None
        self._reported = asyncio.Event()
        self._prepared = asyncio.Event()
        self._awake = asyncio.Event()
        self._visitors_wait = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._failure = ""
        self.resident_memory: int | None = None
        self.processor_seconds = 0.0
        self._started_at = 0.0
        self._started: float | None = None
        self._start_seconds: float | None = None
        self.name = name
        self.state = SidecarState.STARTING
        self.reason = ""
        self.active_sessions = 0
        self.served_sessions = 0

    @property
    def address(self) -> str:
        """Where it serves."""
        return self._listener.address

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers of the private hop."""
        return self._listener.headers

    @property
    def accepts_new(self) -> bool:
        """Whether new browsers may be sent here."""
        return self.state is SidecarState.READY

    @property
    def serves(self) -> bool:
        """Whether any browser may be sent here: those that belong to a draining sidecar still may."""
        return self.state in {SidecarState.READY, SidecarState.DRAINING}

    @property
    def age(self) -> float:
        """Seconds since its start."""
        return time.monotonic() - self._started_at

    @property
    def exited(self) -> asyncio.Future[int] | None:
        """Done with the exit code when the process has ended; None before there is one."""
        return self._process and self._process.exited

    async def prepare(self) -> None:
        """Start the process as a spare and return when it waits; `start` lets it serve.

        Raises:
            SidecarStartError: As for `start`, with five times its timeout.
        """
        async with self._starting(self._options.start_timeout * _SPARE_PATIENCE, "prepared"):
            await self._spawn({names.SPARE: "1"})
            assert self._process is not None  # noqa: S101 - _spawn has just set it
            await wait_for_either(self._prepared, self._process.exited)
            await self._refuse_failure(self._process)
            self._measure(self._process)
        self._enter(SidecarState.SPARE, f"after {self.age:.2f} s")

    def say_that_visitors_wait(self) -> None:
        """Before `start`: no other sidecar serves, so better soon than warm."""
        self._visitors_wait = True

    async def start(self) -> None:
        """Start the process, or a prepared one's service, and return when it is ready.

        Raises:
            SidecarStartError: It died, said that it cannot start, or took longer than the start timeout. The process is
                gone when this is raised.
        """
        async with self._starting(self._options.start_timeout, "ready"):
            if self._process is None:
                await self._spawn({names.URGENT: "1"} if self._visitors_wait else {})
            else:
                await self._wake(self._process)
            await self._become_ready()
        self._start_seconds = self.age
        self._enter(SidecarState.READY, f"after {self.age:.2f} s")

    @contextlib.asynccontextmanager
    async def _starting(self, limit: float, aim: str) -> AsyncGenerator[None]:
        self._started_at = time.monotonic()
        try:
            async with asyncio.timeout(limit):
                yield
        except TimeoutError:
            raise await self._start_error(f"was not {aim} within {limit:g} s") from None
        except OSError as error:
            raise await self._start_error(f"cannot be started: {error}") from error
        except asyncio.CancelledError:
            await asyncio.shield(self.stop(drain_timeout=0))
            raise

    async def _wake(self, process: ChildProcess) -> None:
        self._awake.clear()
        process.send({"type": "needed", "urgent": self._visitors_wait})
        await wait_for_either(self._awake, process.exited, timeout=_SPARE_WAKES_WITHIN)
        if not self._awake.is_set() and not process.exited.done():
            raise await self._start_error(f"was a spare and did not answer within {_SPARE_WAKES_WITHIN:g} s")

    async def _spawn(self, further: Mapping[str, str]) -> None:
        self._started = time.time()
        with self._listener.bound() as listener:
            secret = {names.HOP_SECRET: self._listener.secret} if self._listener.secret else {}
            env = {**self._env, **secret, **further}
            self._process = await ChildProcess.spawn(
                self._spec, name=self.name, listener=listener, env=env, on_message=self._take
            )

    async def _become_ready(self) -> None:
        process = self._process
        assert process is not None  # noqa: S101 - _spawn has just set it
        patience = None
        if self._spec.ready_when == "reported":
            await wait_for_either(self._reported, process.exited)
            # It serves by its own word; on a crowded machine the answer may take its time, within the start's.
            patience = self._options.start_timeout
        while not process.exited.done() and not self._failure:
            problem = await self.probe(timeout=patience)
            if not problem:
                return
            if self._spec.ready_when == "reported":
                raise await self._start_error(f"said that it is ready, but {problem}")
            await asyncio.wait({process.exited}, timeout=_PROBE_WHILE_STARTING)
        await self._refuse_failure(process)

    async def _refuse_failure(self, process: ChildProcess) -> None:
        if self._failure:
            raise await self._start_error(f"cannot start: {self._failure}")
        if process.exited.done():
            raise await self._start_error(f"died while starting, {_exit_text(process.exited.result())}")

    async def _start_error(self, problem: str) -> SidecarStartError:
        await self.stop(drain_timeout=0, reason=problem)
        lines = self._process.output.last_lines if self._process else ()
        return SidecarStartError(f"sidecar {self.name!r} {problem}", last_output=lines)

    def _take(self, message: Mapping[str, object]) -> None:
        match message:
            case {"type": "warming"}:
                self._awake.set()
                if self.state in {SidecarState.STARTING, SidecarState.SPARE}:
                    self._enter(SidecarState.WARMING)
            case {"type": "prepared"}:
                self._prepared.set()
            case {"type": "ready"}:
                self._reported.set()
            case {"type": "failure", "reason": str(reason)}:
                self._failure = reason
                self._reported.set()
                self._prepared.set()
            case {"type": "sessions", "active": int(active), "served": int(served)}:
                self._count(active, served)
            case _:
                _LOGGER.debug("[%s] ignored message %r", self.name, message)

    def _count(self, active: int, served: int) -> None:
        self.active_sessions, self.served_sessions = active, served
        if active:
            self._idle.clear()
        else:
            self._idle.set()

    async def probe(self, *, timeout: float | None = None) -> str:  # noqa: ASYNC109 - the limit of one request
        """Ask it whether it serves; empty when it does, else what is wrong. Notes its memory and work as well.

        Args:
            timeout: Seconds for the answer; `probe_timeout` by default.
        """
        if self._process is not None:
            self._measure(self._process)
        return await probe(
            self.address, self._spec.probe_path, timeout=timeout or self._options.probe_timeout, headers=self.headers
        )

    def _measure(self, child: ChildProcess) -> None:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(child.pid)
            self.resident_memory = process.memory_info().rss
            times = process.cpu_times()
            self.processor_seconds = times.user + times.system

    def begin_drain(self, reason: str) -> None:
        """Take no new browsers from now on."""
        if self.state is SidecarState.READY:
            self._enter(SidecarState.DRAINING, reason)

    async def stop(self, *, drain_timeout: float, reason: str = "") -> None:
        """Let its sessions finish for `drain_timeout` seconds, then end the process and all that it started."""
        process = self._process
        if process is not None and drain_timeout > 0 and not process.exited.done():
            self.begin_drain(reason)
            await wait_for_either(self._idle, process.exited, timeout=drain_timeout)
        self._enter(SidecarState.STOPPED, reason)
        if process is not None:
            await process.terminate(timeout=self._options.terminate_timeout)
            await process.close()
        self._listener.remove()

    def _enter(self, state: SidecarState, reason: str = "") -> None:
        if state is self.state:
            return
        before, self.state, self.reason = self.state, state, reason
        self._on_transition(Transition(name=self.name, before=before, after=state, reason=reason))

    def exit_text(self) -> str:
        """How the process ended, in words; empty while it runs."""
        if self._process is None or not self._process.exited.done():
            return ""
        return _exit_text(self._process.exited.result())

    def status(self, *, slot: int, restarts: int) -> SidecarStatus:
        """This sidecar as it is now."""
        alive = self._process is not None and not self._process.exited.done()
        return SidecarStatus(
            name=self.name,
            slot=slot,
            state=self.state,
            address=self.address,
            pid=self._process.pid if self._process is not None and alive else None,
            active_sessions=self.active_sessions,
            served_sessions=self.served_sessions,
            started=self._started if alive else None,
            resident_memory=self.resident_memory,
            start_seconds=self._start_seconds,
            restarts=restarts,
            reason=self.reason,
        )


def _exit_text(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"
