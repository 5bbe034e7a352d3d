"""A worker's view of the sidecars that it shares with its siblings.

Lifecycle: `start` connects to the supervisor, or starts it, in the background; the connection is made again whenever it
breaks. `stop` leaves; the supervisor ends when the last worker and the parent are gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import multiprocessing
import signal
import socket
from typing import TYPE_CHECKING, Any, Self

from fluxlit_sidecar.errors import SidecarStartError
from fluxlit_sidecar.options import SidecarOptions
from fluxlit_sidecar.sharing.launch import SUPERVISOR_SOCKET, launch_supervisor
from fluxlit_sidecar.sharing.log_relay import log_again
from fluxlit_sidecar.sharing.messages import LONGEST_LINE, decode, encode, receive_with_sockets
from fluxlit_sidecar.sharing.remote_target import RemoteTarget, transition_of
from fluxlit_sidecar.supervision.state import PoolState, PoolStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fluxlit_sidecar.child_spec import ChildSpec
    from fluxlit_sidecar.runtime_folder import RuntimeFolder
    from fluxlit_sidecar.sharing.workers import WorkerParent
    from fluxlit_sidecar.supervision.state import Transition

__all__ = ("SharedSidecarPool",)

_LOGGER = logging.getLogger("fluxlit.sidecar")
_BETWEEN_ATTEMPTS = 0.1
# Seconds in which the supervisor takes notice that this worker leaves in good order.
_FAREWELL_WITHIN = 5.0


class SharedSidecarPool:
    """The same face as `SidecarPool`, for one of several workers. Meets the gateway's ``Upstream`` structurally.

    Args:
        spec: What each sidecar runs.
        options: Numbers and limits; those of the worker that starts the supervisor count.
        folder: The folder that the workers share.
        parent: The parent of the workers.
        listeners: Names of sockets that all workers accept on, see `listener`.
        replace_on_restart: Whether a worker that takes the place of one that left in good order rolls the sidecars, as
            after SIGHUP to uvicorn; False keeps them, as for a reload in development.
        on_transition: Called with every change of a sidecar's state.
    """

    def __init__(
        self,
        spec: ChildSpec,
        options: SidecarOptions | None = None,
        *,
        folder: RuntimeFolder,
        parent: WorkerParent,
        listeners: Sequence[str] = ("api",),
        replace_on_restart: bool = False,
        on_transition: Callable[[Transition], None] | None = None,
    ) -> None:
        self._spec = spec
        self._options = options or SidecarOptions()
        self._folder = folder
        self._parent = parent
        self._names = tuple(listeners)
        self._replace_on_restart = replace_on_restart
        self._listener = on_transition
        self._sockets: dict[str, socket.socket] = {}
        self._status = PoolStatus(state=PoolState.STOPPED)
        self._targets: tuple[RemoteTarget, ...] = ()
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._requests: dict[int, asyncio.Future[str]] = {}
        self._numbers = itertools.count(1)
        self._was_ready = False
        self._leaving = False

    async def start(self) -> None:
        """Connect in the background; returns at once."""
        if self._task is None:
            self._status = PoolStatus(state=PoolState.STARTING)
            self._leaving = False
            self._task = asyncio.create_task(self._keep_connected(), name="fluxlit-shared-pool")
            self._end_with_parent()

    def _end_with_parent(self) -> None:
        # A worker of uvicorn does not notice that its parent was killed; it would hold the public port for ever.
        parent = multiprocessing.parent_process()
        if parent is not None:
            asyncio.get_running_loop().add_reader(parent.sentinel, self._parent_died)

    def _parent_died(self) -> None:
        self._forget_parent()
        _LOGGER.error("the parent of this worker is gone; the worker ends too")
        signal.raise_signal(signal.SIGTERM)

    @staticmethod
    def _forget_parent() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            asyncio.get_running_loop().remove_reader(parent.sentinel)

    async def _keep_connected(self) -> None:
        while True:
            with contextlib.suppress(OSError, ValueError):
                await self._be_connected()
            self._lost()
            if self._leaving:
                return
            await asyncio.sleep(_BETWEEN_ATTEMPTS)

    async def _be_connected(self) -> None:
        channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        channel.setblocking(False)
        try:
            await self._reach(channel)
            hello = {
                "type": "hello",
                "spec": self._spec.model_dump(mode="json"),
                "listeners": self._names,
                "replace_on_restart": self._replace_on_restart,
            }
            await asyncio.get_running_loop().sock_sendall(channel, encode(hello))
            _, sockets = await receive_with_sockets(channel)
            self._keep_sockets(sockets)
            reader, self._writer = await asyncio.open_connection(sock=channel, limit=LONGEST_LINE)
        except BaseException:
            channel.close()
            raise
        while line := await reader.readline():
            self._hear(decode(line))

    async def _reach(self, channel: socket.socket) -> None:
        address = str(self._folder.socket_path(SUPERVISOR_SOCKET))
        try:
            await asyncio.get_running_loop().sock_connect(channel, address)
        except (ConnectionRefusedError, FileNotFoundError):
            launch_supervisor(
                self._folder,
                spec=self._spec,
                options=self._options,
                parent=self._parent,
                listeners=self._sockets,
            )
            raise

    def _keep_sockets(self, sockets: Sequence[socket.socket]) -> None:
        # The first ones stay: this worker accepts on them, and they go to the next supervisor.
        for name, handed in zip(self._names, sockets, strict=True):
            if name in self._sockets:
                handed.close()
            else:
                self._sockets[name] = handed
        self._changed.set()

    def _hear(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "status":
                self._status = PoolStatus.model_validate(message["status"])
                self._targets = tuple(RemoteTarget(**target) for target in message["targets"])
                self._was_ready = self._was_ready or self._status.state is PoolState.READY
                self._changed.set()
            case "transition" if self._listener is not None:
                self._listener(transition_of(message["transition"]))
            case "log":
                log_again(message)
            case "replaced":
                if (waiting := self._requests.pop(message["id"], None)) is not None and not waiting.done():
                    waiting.set_result(message["error"])
            case _:
                pass

    def _lost(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._targets = ()
        state = PoolState.RESTARTING if self._was_ready else PoolState.STARTING
        self._status = PoolStatus(state=state, reason="the supervisor of the sidecars is being started")
        for waiting in self._requests.values():
            if not waiting.done():
                waiting.set_result("the supervisor ended meanwhile")
        self._requests.clear()
        self._changed.set()

    async def wait_until_ready(self, timeout: float, *, sidecars: int = 1) -> None:  # noqa: ASYNC109 - a bound is the point
        """Return when that many sidecars serve.

        Raises:
            SidecarStartError: None serves and they failed to start, or the time is over.
        """
        try:
            async with asyncio.timeout(timeout):
                while sum(target.accepts_new for target in self._targets) < sidecars:
                    if not self._targets and any(sidecar.restarts for sidecar in self._status.sidecars):
                        raise SidecarStartError(self._status.reason)
                    await self._news()
        except TimeoutError:
            raise SidecarStartError(f"no sidecar was ready within {timeout:g} s: {self._status.reason}") from None

    async def _news(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    async def listener(self, name: str) -> socket.socket:
        """A copy of the socket called `name` in the folder, on which every worker accepts."""
        while name not in self._sockets:
            await self._news()
        return self._sockets[name].dup()

    async def replace(self) -> None:
        """Replace all sidecars of the host, one after another.

        Raises:
            SidecarStartError: A fresh one did not start; the old one goes on.
        """
        if self._writer is None:
            raise SidecarStartError("the supervisor of the sidecars is not there at the moment; try again")
        number = next(self._numbers)
        waiting = self._requests[number] = asyncio.get_running_loop().create_future()
        self._writer.write(encode({"type": "replace", "id": number}))
        error = await waiting
        if error:
            raise SidecarStartError(error)

    async def stop(self) -> None:
        """Leave. The sidecars stay for the other workers. Safe to call twice."""
        if self._task is None:
            return
        self._forget_parent()
        self._leaving = True
        if self._writer is not None:
            self._writer.write(encode({"type": "bye"}))
            # The supervisor closes the connection when it has heard: which of its workers left in good order decides
            # whether the next one brings new code.
            await asyncio.wait({self._task}, timeout=_FAREWELL_WITHIN)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        self._lost()
        for held in self._sockets.values():
            held.close()
        self._sockets = {}
        self._status = PoolStatus(state=PoolState.STOPPED)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def targets(self) -> Sequence[RemoteTarget]:
        """The sidecars that can serve now."""
        return self._targets

    @property
    def state(self) -> PoolState:
        """What the sidecars as a whole can do."""
        return self._status.state

    def status(self) -> PoolStatus:
        """All sidecars as the supervisor has last told."""
        return self._status

    def describe(self) -> Mapping[str, object]:
        """What a probe may show to anyone."""
        return self._status.describe()
