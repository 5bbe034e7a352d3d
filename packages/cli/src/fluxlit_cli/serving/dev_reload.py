"""``dev`` with reload: a parent that watches files and restarts the child that serves.

Lifecycle: the parent starts the child and waits for whichever comes first: a saved file (a new child), the child's own
end (the parent ends too, unless it had served before: then it waits for the next save), or a signal (both end).
The child is in a session of its own, so that Ctrl-C reaches it once, through the parent.
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

from fluxlit_cli.console import complain, remark
from fluxlit_cli.serving.pidfile import PidRecord, own_identity, remove_pidfile, write_pidfile
from fluxlit_cli.serving.plan import ServeRequest
from fluxlit_cli.serving.reload_channel import CHANNEL_VARIABLE, LISTENER_VARIABLE
from fluxlit_cli.serving.watched_files import Change, Scope, changes

__all__ = ("serve_with_reload",)

_INTERRUPTED = 130
_STOP_SECONDS = 4.0
_MAX_MESSAGE_BYTES = 65536


def serve_with_reload(request: ServeRequest, arguments: Sequence[str], *, scope: Scope) -> int:
    """Serve until a signal ends it, starting anew whenever code was saved.

    Args:
        request: What to serve; its pidfile is this process's.
        arguments: Command line of the child, after ``python -m fluxlit_cli``.
        scope: Which files count.

    Returns:
        The exit code: 0 after SIGTERM, 130 after Ctrl-C, else the child's when it never served.
    """
    with asyncio.Runner() as runner:
        return runner.run(_Reloader(request, arguments, scope).run())


class _Reloader:
    def __init__(self, request: ServeRequest, arguments: Sequence[str], scope: Scope) -> None:
        self._request = request
        self._arguments = list(arguments)
        self._scope = scope
        self._listener: int | None = None
        self._signals: asyncio.Queue[int] = asyncio.Queue()

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._signals.put_nowait, number)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        ours.setblocking(False)
        # The child must not inherit the parent's end: its closing is how the child learns that the parent is gone.
        loop.add_reader(ours, self._hear, ours)
        try:
            async with contextlib.aclosing(changes(self._roots(), self._scope)) as saved:
                return await self._supervise(theirs, saved)
        finally:
            loop.remove_reader(ours)
            ours.close()
            theirs.close()
            if self._listener is not None:
                os.close(self._listener)
            if self._request.pidfile is not None:
                remove_pidfile(self._request.pidfile, os.getpid())

    def _roots(self) -> list[Path]:
        module = self._request.target.rpartition(":")[0]
        folder = Path(module).resolve().parent if module.endswith(".py") else Path.cwd()
        return list(dict.fromkeys([Path.cwd(), folder]))

    async def _supervise(self, channel: socket.socket, saved: AsyncGenerator[Change]) -> int:
        next_save = asyncio.ensure_future(anext(saved))
        next_signal = asyncio.ensure_future(self._signals.get())
        first = True
        try:
            while True:
                child = await self._start(channel, first=first)
                first = False
                ended = asyncio.ensure_future(child.wait())
                while True:
                    await asyncio.wait({ended, next_save, next_signal}, return_when=asyncio.FIRST_COMPLETED)
                    if next_signal.done():
                        number = next_signal.result()
                        next_signal = asyncio.ensure_future(self._signals.get())
                        if number == signal.SIGHUP:
                            _send(child, signal.SIGHUP)
                            continue
                        await _stop(child)
                        return _INTERRUPTED if number == signal.SIGINT else 0
                    if next_save.done():
                        change = next_save.result()
                        next_save = asyncio.ensure_future(anext(saved))
                        remark(f"{change.describe()} changed; reloading.")
                        await _stop(child)
                        break
                    if self._listener is None:
                        return ended.result() or 0
                    complain("The application stopped; it starts again once a file is saved.")
                    await asyncio.wait({next_save, next_signal}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            next_save.cancel()
            next_signal.cancel()
            await asyncio.gather(next_save, next_signal, return_exceptions=True)

    async def _start(self, channel: socket.socket, *, first: bool) -> asyncio.subprocess.Process:
        environment = {
            **os.environ,
            CHANNEL_VARIABLE: str(channel.fileno()),
            # One worker after another, all of this parent: the sidecars outlive each of them, and open pages stay.
            "FLUXLIT_INTERNAL_WORKER_OF": str(os.getpid()),
            "FLUXLIT_INTERNAL_RELOAD_SCOPE": self._scope,
        }
        passed = [channel.fileno()]
        if self._listener is not None:
            environment[LISTENER_VARIABLE] = str(self._listener)
            passed.append(self._listener)
        extra = ["--open"] if first and self._request.open_browser else []
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "fluxlit_cli",
            *self._arguments,
            *extra,
            env=environment,
            pass_fds=passed,
            start_new_session=True,
        )

    def _hear(self, channel: socket.socket) -> None:
        """Take what a child sends once it has bound the address."""
        try:
            message, descriptors, _, _ = socket.recv_fds(channel, _MAX_MESSAGE_BYTES, 1)
        except BlockingIOError:
            return
        for descriptor in descriptors:
            if self._listener is None:
                self._listener = descriptor
            else:
                os.close(descriptor)
        if message and self._request.pidfile is not None:
            addresses: dict[str, Any] = json.loads(message)
            record = PidRecord(
                pid=os.getpid(),
                identity=own_identity(),
                url=str(addresses["base"]),
                target=self._request.target,
                status_path=str(addresses["status_path"]),
            )
            write_pidfile(self._request.pidfile, record)


def _send(child: asyncio.subprocess.Process, number: int) -> None:
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(number)


async def _stop(child: asyncio.subprocess.Process) -> None:
    """End the child: ask, wait, kill. Its sidecars end with it."""
    _send(child, signal.SIGTERM)
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await child.wait()
    except TimeoutError:
        _send(child, signal.SIGKILL)
        await child.wait()
