"""One child process: started with its socket and its control channel, watched, and ended with all that it started.

Lifecycle: `ChildProcess.spawn` starts it in a session of its own; `exited` is done when the process has ended and every
other process of its group has been killed; `close` releases what is left of the channels.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import threading
from typing import TYPE_CHECKING, cast

from fluxlit_sidecar.child import names
from fluxlit_sidecar.child.command import python_module
from fluxlit_sidecar.supervision.forerunner import take_forerunner
from fluxlit_sidecar.supervision.launch import launch_child
from fluxlit_sidecar.supervision.output import ChildOutput

if TYPE_CHECKING:
    import socket
    import subprocess
    from collections.abc import Callable, Mapping

    from fluxlit_sidecar.child_spec import ChildSpec
    from fluxlit_sidecar.supervision.launch import LaunchedChild

__all__ = ("ChildProcess",)

# A grandchild may hold the output open after the child's end; its words are not waited for longer than this.
_OUTPUT_GRACE = 0.5


class ChildProcess:
    """A started child. Made by `spawn`; belongs to the event loop that made it."""

    def __init__(self, popen: subprocess.Popen[bytes], *, output: ChildOutput) -> None:
        self._loop = asyncio.get_running_loop()
        self._popen = popen
        self.output = output
        self.pid = popen.pid
        self.exited: asyncio.Future[int] = self._loop.create_future()
        self._transports: list[asyncio.BaseTransport] = []
        self._channel: asyncio.WriteTransport | None = None
        self._output_ended = asyncio.Event()
        threading.Thread(target=self._reap, name=f"fluxlit-reap-{popen.pid}", daemon=True).start()

    @classmethod
    async def spawn(
        cls,
        spec: ChildSpec,
        *,
        name: str,
        listener: socket.socket,
        env: Mapping[str, str],
        on_message: Callable[[Mapping[str, object]], None],
    ) -> ChildProcess:
        """Start the child and hand it `listener`; the caller closes its own copy afterwards."""
        handed = listener.fileno()
        command = [part.replace("{fd}", str(handed)).replace("{name}", name) for part in spec.command]
        if spec.ready_when == "probed":
            # It does not speak with us, so it cannot notice our end by itself.
            command = [*python_module("fluxlit_sidecar.child.launch"), *command]
        whole = {**os.environ, **spec.env, **env, names.NAME: name, names.LISTEN_FD: str(handed)}
        launched = take_forerunner(command, env=whole, folder=spec.folder, listener=listener)
        if launched is None:
            launched = launch_child(command, env=whole, folder=spec.folder, passed=(handed,))
        child = cls(launched.popen, output=ChildOutput(name))
        try:
            await child._connect(launched, on_message)
        except BaseException:
            child.signal_group(signal.SIGKILL)
            raise
        return child

    async def _connect(self, launched: LaunchedChild, on_message: Callable[[Mapping[str, object]], None]) -> None:
        launched.control.setblocking(False)
        reader = os.fdopen(launched.output, "rb", 0)
        pipe, _ = await self._loop.connect_read_pipe(lambda: _OutputReader(self.output, self._output_ended), reader)
        channel, _ = await self._loop.create_connection(lambda: _ControlReader(on_message), sock=launched.control)
        self._transports += [pipe, channel]
        self._channel = channel

    def send(self, message: Mapping[str, object]) -> None:
        """Say something to the child; nothing when it has ended."""
        if self._channel is not None and not self._channel.is_closing():
            self._channel.write(json.dumps(message).encode() + b"\n")

    def _reap(self) -> None:
        # The dead child is left unreaped until its group is killed: until then its id cannot be given to a stranger.
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        self.signal_group(signal.SIGKILL)
        code = self._popen.wait()
        # The loop is closed when its program ended without stopping its sidecars; there is nobody left to tell.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._set_exited, code)

    def _set_exited(self, code: int) -> None:
        if not self.exited.done():
            self.exited.set_result(code)

    def signal_group(self, number: int) -> None:
        """Send a signal to the child and everything that it started, as far as it stayed in the group."""
        # PermissionError is what macOS answers for a group whose only member is a zombie.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    async def terminate(self, *, timeout: float) -> None:  # noqa: ASYNC109 - it is the pause between two signals
        """SIGTERM, then SIGKILL after `timeout` seconds, to the whole group; returns when it has ended."""
        if not self.exited.done():
            self.signal_group(signal.SIGTERM)
            # A stopped process takes no signal but SIGKILL until it is continued.
            self.signal_group(signal.SIGCONT)
            await asyncio.wait({self.exited}, timeout=timeout)
        if not self.exited.done():
            self.signal_group(signal.SIGKILL)
            await asyncio.wait({self.exited})

    async def close(self) -> None:
        """After the end: take the last output and release the channels."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_OUTPUT_GRACE):
                await self._output_ended.wait()
        self.output.finish()
        for transport in self._transports:
            transport.close()


class _OutputReader(asyncio.Protocol):
    def __init__(self, output: ChildOutput, ended: asyncio.Event) -> None:
        self._output = output
        self._ended = ended

    def data_received(self, data: bytes) -> None:
        self._output.feed(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._ended.set()


class _ControlReader(asyncio.Protocol):
    def __init__(self, on_message: Callable[[Mapping[str, object]], None]) -> None:
        self._on_message = on_message
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            with contextlib.suppress(ValueError):
                message: object = json.loads(line)
                if isinstance(message, dict):
                    self._on_message(cast("dict[str, object]", message))
