"""The pool: several sidecars of one kind, kept alive.

Lifecycle: `start` returns at once while the sidecars start; `stop` ends them all and empties the folder of their
sockets. In between each place of the pool looks after itself (`fluxlit_sidecar.supervision.slot`), and spares wait for
one of them to fail (`fluxlit_sidecar.supervision.spares`).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING, Self

from fluxlit_sidecar.child import names
from fluxlit_sidecar.errors import SidecarError, SidecarStartError
from fluxlit_sidecar.listeners import FolderListeners
from fluxlit_sidecar.options import SidecarOptions
from fluxlit_sidecar.runtime_folder import RuntimeFolder
from fluxlit_sidecar.supervision.sidecar import Sidecar
from fluxlit_sidecar.supervision.slot import Slot
from fluxlit_sidecar.supervision.spares import Spares
from fluxlit_sidecar.supervision.state import PoolState, PoolStatus, RollStatus, SidecarState, Transition

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping, Sequence

    from fluxlit_sidecar.child_spec import ChildSpec

__all__ = ("SidecarPool",)

_LOGGER = logging.getLogger("fluxlit.sidecar")


class SidecarPool:
    """Supervises the sidecars of this process. Meets the gateway's ``Upstream`` structurally.

    Args:
        spec: What each sidecar runs.
        options: Numbers and limits; one sidecar by default.
        folder: Where the sockets belong; a folder of its own, removed at the end, by default.
        on_transition: Called with every change of a sidecar's state, in the event loop.

    Example:
        >>> async def serve(spec: ChildSpec) -> None:
        ...     async with SidecarPool(spec) as pool:
        ...         await pool.wait_until_ready(timeout=30)
        ...         print(pool.targets()[0].address)
    """

    def __init__(
        self,
        spec: ChildSpec,
        options: SidecarOptions | None = None,
        *,
        folder: RuntimeFolder | None = None,
        on_transition: Callable[[Transition], None] | None = None,
    ) -> None:
        self._spec = spec
        self._options = options or SidecarOptions()
        self._given_folder = folder
        self._folder = folder
        self._listener = on_transition
        self._listeners: FolderListeners | None = None
        self._slots: list[Slot] = []
        self._spares = Spares(make=self._make_spare, is_calm=self._is_calm, options=self._options)
        self._replacing = 0
        self._roll: RollStatus | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._retiring: dict[asyncio.Task[None], Sidecar] = {}
        self._changed = asyncio.Event()
        self._was_ready = False
        self._stopped = True

    async def start(self) -> None:
        """Start every sidecar; returns at once."""
        if self._tasks:
            return
        self._folder = self._given_folder or RuntimeFolder.create()
        self._listeners = FolderListeners(self._folder)
        self._stopped = False
        self._slots = [self._make_slot(number) for number in range(1, self._options.count + 1)]
        self._tasks = [asyncio.create_task(slot.run(), name=f"fluxlit-slot-{slot.number}") for slot in self._slots]
        if self._options.spares and self._spec.can_be_spare:
            self._tasks.append(asyncio.create_task(self._spares.run(), name="fluxlit-spares"))

    def _make_slot(self, number: int) -> Slot:
        return Slot(
            number,
            make=lambda after_failure: self._next_sidecar(number, after_failure=after_failure),
            retire=self._retire,
            options=self._options,
            on_transition=self._on_transition,
            on_failed_start=self._changed.set,
        )

    def _next_sidecar(self, number: int, *, after_failure: bool) -> Sidecar:
        spare = self._spares.take() if after_failure else None
        sidecar = spare or self._make_sidecar(f"s{number}")
        if after_failure and self._was_ready and not any(target.accepts_new for target in self.targets()):
            sidecar.say_that_visitors_wait()
        return sidecar

    def _make_spare(self) -> Sidecar:
        return self._make_sidecar("spare")

    def _is_calm(self) -> bool:
        return not self._replacing and all(slot.is_calm for slot in self._slots)

    def _make_sidecar(self, kind: str) -> Sidecar:
        folder = self._folder
        assert folder is not None  # noqa: S101 - start has made it
        env = {names.SECRET: folder.secret("sidecar")}
        if folder.owned:
            env[names.FOLDER] = str(folder.path)
        return Sidecar(
            self._spec,
            name=f"{kind}-{secrets.token_hex(4)}",
            folder=folder,
            options=self._options,
            env=env,
            on_transition=self._on_transition,
        )

    async def wait_until_ready(self, timeout: float, *, sidecars: int = 1) -> None:  # noqa: ASYNC109 - a bound is the point
        """Return when that many sidecars serve.

        Args:
            timeout: Seconds to wait at most.
            sidecars: How many must serve.

        Raises:
            SidecarStartError: One failed to start and none serves, or the time is over.
        """
        try:
            async with asyncio.timeout(timeout):
                while sum(target.accepts_new for target in self.targets()) < sidecars:
                    self._raise_start_error()
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise SidecarStartError(f"no sidecar was ready within {timeout:g} s; they are: {self._words()}") from None

    def _raise_start_error(self) -> None:
        if self._stopped:
            raise SidecarStartError("the pool is stopped")
        for slot in self._slots:
            if slot.last_error is not None and not self.targets():
                raise slot.last_error

    async def replace(self) -> None:
        """Replace all sidecars, one after another: a fresh one first, then the old one drains.

        Raises:
            SidecarStartError: A fresh one did not start. The old one goes on, and the rest is left as it is.
        """
        number = self._roll.number + 1 if self._roll else 1
        self._roll = RollStatus(number=number, state="running")
        self._replacing += 1
        self._spares.renew("the sidecars are being replaced")
        try:
            for slot in self._slots:
                await slot.replace()
        except SidecarStartError as error:
            self._note_roll(RollStatus(number=number, state="failed", reason=str(error).partition("\n")[0]))
            raise
        except asyncio.CancelledError:
            reason = "it was cancelled; the sidecars that it had not come to stay until the next one"
            self._note_roll(RollStatus(number=number, state="failed", reason=reason))
            raise
        else:
            self._note_roll(RollStatus(number=number, state="done"))
        finally:
            self._replacing -= 1
            self._spares.note()

    def _note_roll(self, roll: RollStatus) -> None:
        # Of several at once, which share their fresh sidecars, the last one asked for is shown.
        if self._roll is not None and self._roll.number == roll.number:
            self._roll = roll

    def use(self, spec: ChildSpec) -> None:
        """Run `spec` in every sidecar that is started from now on."""
        if spec != self._spec:
            self._spec = spec
            self._spares.renew("made for another program")

    async def listener(self, name: str) -> socket.socket:
        """A listening Unix socket called `name` in the runtime folder, for the caller to accept on and to close.

        Under several workers each of them gets a copy of the same socket; see `SharedSidecarPool.listener`.
        """
        if self._listeners is None:
            raise SidecarError("the pool is not started; call start() before listener()")
        return self._listeners.get(name)

    async def stop(self) -> None:
        """End all sidecars: drain for `shutdown_drain_timeout`, SIGTERM, SIGKILL. Safe to call twice."""
        self._stopped = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self._spares.stop()
        for task in self._retiring:
            task.cancel()
        left = [slot.sidecar for slot in self._slots if slot.sidecar is not None] + list(self._retiring.values())
        drain = self._options.shutdown_drain_timeout
        await asyncio.gather(*(sidecar.stop(drain_timeout=drain, reason="the pool stops") for sidecar in left))
        await asyncio.gather(*self._retiring, return_exceptions=True)
        if self._listeners is not None:
            self._listeners.close()
            self._listeners = None
        if self._folder is not None and self._given_folder is None:
            self._folder.remove()
        self._changed.set()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _retire(self, old: Sidecar, reason: str) -> None:
        old.begin_drain(reason)
        task = asyncio.create_task(old.stop(drain_timeout=self._options.drain_timeout, reason=reason))
        self._retiring[task] = old
        task.add_done_callback(lambda done: self._retiring.pop(done, None))

    def _on_transition(self, transition: Transition) -> None:
        self._was_ready = self._was_ready or transition.after is SidecarState.READY
        level = logging.WARNING if transition.after in {SidecarState.BACKING_OFF, SidecarState.FAILED} else logging.INFO
        _LOGGER.log(
            level,
            "sidecar %s: %s → %s%s",
            transition.name,
            transition.before,
            transition.after,
            f" ({transition.reason})" if transition.reason else "",
        )
        self._changed.set()
        self._spares.note()
        if self._listener is not None:
            self._listener(transition)

    def targets(self) -> Sequence[Sidecar]:
        """The sidecars that can serve now; draining ones are among them and take nobody new."""
        present = [slot.sidecar for slot in self._slots if slot.sidecar is not None and slot.sidecar.serves]
        return present + [sidecar for sidecar in self._retiring.values() if sidecar.serves]

    @property
    def state(self) -> PoolState:
        """What the pool as a whole can do."""
        if self._stopped:
            return PoolState.STOPPED
        if any(target.accepts_new for target in self.targets()):
            return PoolState.READY
        if self._slots and all(slot.waiting is SidecarState.FAILED for slot in self._slots):
            return PoolState.FAILED
        return PoolState.RESTARTING if self._was_ready else PoolState.STARTING

    def status(self) -> PoolStatus:
        """All sidecars as they are now."""
        placeless = (*self._retiring.values(), *self._spares.present)
        reasons = [slot.reason for slot in self._slots if slot.reason]
        return PoolStatus(
            state=self.state,
            sidecars=(
                *(slot.status() for slot in self._slots),
                *(sidecar.status(slot=0, restarts=0) for sidecar in placeless),
            ),
            reason="" if self.state is PoolState.READY else "; ".join(reasons),
            roll=self._roll,
        )

    def describe(self) -> Mapping[str, object]:
        """What a probe may show to anyone: states and numbers, no paths and no process ids."""
        return self.status().describe()

    def _words(self) -> str:
        return ", ".join(f"{sidecar.name} {sidecar.state}" for sidecar in self.status().sidecars) or "none"
