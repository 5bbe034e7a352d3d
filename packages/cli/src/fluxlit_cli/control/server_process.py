"""The server that a pidfile names, signalled only once it is certain that it is that server.

On Linux a process file descriptor is opened first and checked second, so that the number cannot be given to another
process in between (pidfd_open(2)).
"""

import contextlib
import os
import select
import signal
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from fluxlit_cli.process_identity import identify
from fluxlit_cli.serving.pidfile import PidRecord

__all__ = ("ServerProcess", "Standing", "open_server", "standing_of")

_POLL_SECONDS = 0.05
_PROGRAMS = frozenset({"fluxlit", "fluxlit_cli", "uvicorn"})
"""As the first words of a command line: ``fluxlit run``, ``python fluxlit run``, ``python -m fluxlit``."""


@dataclass(frozen=True)
class Standing:
    """What there is to say about the process of a pidfile.

    Attributes:
        runs: A process with that number runs.
        ours: It is the server that wrote the file.
        command: Its command line.
    """

    runs: bool
    ours: bool
    command: str = ""


def standing_of(record: PidRecord, pidfile: Path) -> Standing:
    """Whether the process of ``record`` runs and is the server that wrote ``pidfile``."""
    found = identify(record.pid)
    if found is None:
        return Standing(runs=False, ours=False)
    if record.identity is not None:
        return Standing(runs=True, ours=found == record.identity, command=found.command)
    # Files of other versions hold the number alone: the command has to do, and a process cannot have written a file
    # before it started.
    named = any(Path(word).name in _PROGRAMS for word in found.command.split()[:3])
    return Standing(runs=True, ours=named and _older_than(record.pid, pidfile), command=found.command)


def _older_than(pid: int, file: Path) -> bool:
    try:
        return Path(f"/proc/{pid}").stat().st_mtime <= file.stat().st_mtime + 1
    except OSError:
        return True


class ServerProcess:
    """A process that can be signalled and waited for."""

    def __init__(self, pid: int, handle: int | None) -> None:
        self.pid = pid
        self._handle = handle

    def send(self, number: signal.Signals) -> None:
        """Send a signal; a process that has just ended is fine.

        Raises:
            PermissionError: It belongs to another user.
        """
        with contextlib.suppress(ProcessLookupError):
            if self._handle is not None:
                signal.pidfd_send_signal(self._handle, number)
            else:
                os.kill(self.pid, number)

    def wait(self, seconds: float) -> bool:
        """Whether the process ended within ``seconds``."""
        if self._handle is not None:
            watcher = select.poll()
            watcher.register(self._handle, select.POLLIN)
            return bool(watcher.poll(max(seconds, 0) * 1000))
        deadline = time.monotonic() + seconds
        while identify(self.pid) is not None:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True


@contextlib.contextmanager
def open_server(pid: int) -> Generator[ServerProcess]:
    """Hold on to the process ``pid``, so that nothing else can be signalled in its place."""
    handle: int | None = None
    if hasattr(os, "pidfd_open") and hasattr(signal, "pidfd_send_signal"):
        with contextlib.suppress(OSError):
            handle = os.pidfd_open(pid)
    try:
        yield ServerProcess(pid, handle)
    finally:
        if handle is not None:
            os.close(handle)
