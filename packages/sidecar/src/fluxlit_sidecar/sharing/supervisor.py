"""The supervisor of several workers' sidecars.

Lifecycle: started by the worker that got the folder's lock, which it holds from then on; serves every worker that
connects; ends when the parent of the workers is gone and no worker is left, when no worker came for a while, or on
SIGTERM. It takes its sidecars and the folder along.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import socket
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fluxlit_sidecar.child_spec import ChildSpec
from fluxlit_sidecar.errors import SidecarStartError
from fluxlit_sidecar.listeners import FolderListeners
from fluxlit_sidecar.pool import SidecarPool
from fluxlit_sidecar.runtime_folder import RuntimeFolder
from fluxlit_sidecar.sharing.log_relay import LogRelay
from fluxlit_sidecar.sharing.messages import LONGEST_LINE, decode, encode, receive_with_sockets, send_with_sockets

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from fluxlit_sidecar.sharing.configuration import SupervisorConfiguration
    from fluxlit_sidecar.supervision.state import Transition

__all__ = ("Supervisor",)

_LOGGER = logging.getLogger("fluxlit.sidecar")
# How often it looks whether the parent lives and tells session counts; transitions are told at once.
_TICK = 0.5
# Workers are restarted one after another; the sidecars roll once, when that has come to rest.
_QUIET = 1.0


class Supervisor:
    """Runs one pool for several workers.

    Args:
        configuration: What the worker that started it has said.
    """

    def __init__(self, configuration: SupervisorConfiguration) -> None:
        self._configuration = configuration
        self._spec = configuration.spec
        self._folder = RuntimeFolder(configuration.folder)
        self._listeners = FolderListeners(
            self._folder, {name: socket.socket(fileno=number) for name, number in configuration.listeners.items()}
        )
        self._pool = SidecarPool(
            configuration.spec, configuration.options, folder=self._folder, on_transition=self._tell_transition
        )
        self._workers: dict[asyncio.StreamWriter, None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended = asyncio.Event()
        self._replacing = asyncio.Lock()
        self._last_status = b""
        self._left_in_order = 0
        self._roll: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Supervise until it is time to leave."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ended.set)
        loop.add_signal_handler(signal.SIGHUP, self._begin_roll)
        self._remove_stale_sockets()
        relay = LogRelay(lambda: next(iter(self._workers), None))
        with relay:
            await self._pool.start()
            self._begin(self._accept())
            self._begin(self._tick())
            await self._ended.wait()
            await self._leave()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _remove_stale_sockets(self) -> None:
        # Sockets of sidecars whose supervisor was killed; those sidecars leave by themselves.
        for path in self._folder.path.glob("s*-*.sock"):
            path.unlink(missing_ok=True)

    async def _leave(self) -> None:
        if self._roll is not None:
            self._roll.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._pool.stop()
        for writer in list(self._workers):
            writer.close()
        self._listeners.close()
        shutil.rmtree(self._folder.path, ignore_errors=True)
        os.close(self._configuration.lock_fd)

    async def _accept(self) -> None:
        with socket.socket(fileno=self._configuration.listen_fd) as listener:
            listener.setblocking(False)
            while True:
                channel, _ = await asyncio.get_running_loop().sock_accept(listener)
                self._begin(self._serve(channel))

    async def _serve(self, channel: socket.socket) -> None:
        channel.setblocking(False)
        try:
            hello, _ = await receive_with_sockets(channel)
            self._adopt(ChildSpec.model_validate(hello["spec"]), may_replace=hello["replace_on_restart"])
            handed = [self._listeners.get(name) for name in hello["listeners"]]
            send_with_sockets(channel, {"type": "welcome", "pid": os.getpid()}, handed)
            for listener in handed:
                listener.close()
        except (OSError, ValueError, KeyError) as error:
            _LOGGER.warning("a worker could not be served: %s", error)
            channel.close()
            return
        reader, writer = await asyncio.open_connection(sock=channel, limit=LONGEST_LINE)
        self._workers[writer] = None
        self._send(writer, self._status())
        try:
            while line := await reader.readline():
                self._obey(decode(line), writer)
        except (ConnectionError, ValueError):
            pass
        finally:
            self._workers.pop(writer, None)
            writer.close()

    def _adopt(self, spec: ChildSpec, *, may_replace: bool) -> None:
        changed = spec != self._spec
        self._spec = spec
        self._pool.use(spec)
        # A worker that takes the place of one that left in good order brings newer code; one that takes the place
        # of a crashed one does not.
        if changed or (may_replace and self._left_in_order):
            self._left_in_order = 0
            if self._roll is not None:
                self._roll.cancel()
            self._roll = asyncio.get_running_loop().call_later(_QUIET, self._begin_roll)

    def _begin_roll(self) -> None:
        self._begin(self._replace_quietly())

    def _obey(self, message: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        match message.get("type"):
            case "replace":
                self._begin(self._replace_for(writer, message["id"]))
            case "bye":
                self._left_in_order += 1
                # The worker waits for this: what it has said is lost when a status is sent to a socket that it closed.
                writer.close()
            case _:
                pass

    async def _replace_for(self, writer: asyncio.StreamWriter, request: int) -> None:
        error = ""
        try:
            async with self._replacing:
                await self._pool.replace()
        except SidecarStartError as problem:
            error = str(problem)
        self._send(writer, encode({"type": "replaced", "id": request, "error": error}))

    async def _replace_quietly(self) -> None:
        # A failure has been logged, is part of the status, and the old sidecars stay: until the next request.
        with contextlib.suppress(SidecarStartError):
            async with self._replacing:
                await self._pool.replace()

    async def _tick(self) -> None:
        lonely = 0.0
        while True:
            await asyncio.sleep(_TICK)
            self._tell_status()
            lonely = 0.0 if self._workers else lonely + _TICK
            if lonely and (lonely >= self._configuration.linger or not self._configuration.parent.is_alive):
                self._ended.set()

    def _status(self) -> bytes:
        targets = [
            {
                "name": target.name,
                "address": target.address,
                "accepts_new": target.accepts_new,
                "headers": dict(target.headers),
            }
            for target in self._pool.targets()
        ]
        status = self._pool.status().model_dump(mode="json")
        return encode({"type": "status", "status": status, "targets": targets})

    def _tell_status(self) -> None:
        status = self._status()
        if status != self._last_status:
            self._last_status = status
            for writer in self._workers:
                self._send(writer, status)

    def _tell_transition(self, transition: Transition) -> None:
        self._tell_status()
        for writer in self._workers:
            self._send(writer, encode({"type": "transition", "transition": asdict(transition)}))

    @staticmethod
    def _send(writer: asyncio.StreamWriter, line: bytes) -> None:
        # Lines are small and few; a worker that does not read them is stuck and will be replaced by its parent.
        if not writer.is_closing():
            writer.write(line)
