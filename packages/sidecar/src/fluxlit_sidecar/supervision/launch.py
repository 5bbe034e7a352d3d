"""The start of one child process: its command, the descriptors that it inherits, and our ends of its channels."""

from __future__ import annotations

import os
import socket
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxlit_sidecar.child import names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ("LaunchedChild", "launch_child")


@dataclass(frozen=True)
class LaunchedChild:
    """A process that runs, and what its starter holds of it."""

    popen: subprocess.Popen[bytes]
    control: socket.socket
    """Our end of the control channel."""
    output: int
    """Descriptor to read its output from."""

    def close(self) -> None:
        """Release our ends; the child takes that for our death."""
        self.control.close()
        os.close(self.output)


def launch_child(
    command: Sequence[str], *, env: Mapping[str, str], folder: Path | None, passed: Sequence[int]
) -> LaunchedChild:
    """Start a child in a session of its own, with a control channel and a pipe for its output.

    Args:
        command: Program and arguments.
        env: Its whole environment, to which the channel's descriptor and our process id are added.
        folder: Its working folder; ours by default.
        passed: Further descriptors that it inherits.

    Raises:
        OSError: It cannot be started.
    """
    ours, theirs = socket.socketpair()
    read_end, write_end = os.pipe()
    try:
        # Only forks and executes: a few milliseconds, less than handing it to a thread would cost an event loop.
        popen = subprocess.Popen(  # noqa: S603 - the command is the caller's own
            command,
            env={**env, **_told_to_every_child(theirs.fileno())},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=write_end,
            stderr=subprocess.STDOUT,
            pass_fds=(*passed, theirs.fileno()),
            start_new_session=True,
        )
    except BaseException:
        ours.close()
        os.close(read_end)
        raise
    finally:
        theirs.close()
        os.close(write_end)
    return LaunchedChild(popen, ours, read_end)


def _told_to_every_child(control_fd: int) -> dict[str, str]:
    return {
        names.CONTROL_FD: str(control_fd),
        names.PARENT_PID: str(os.getpid()),
        # Without it Python keeps a pipe's lines back until 8 KiB are full, and loses them when it is killed.
        "PYTHONUNBUFFERED": "1",
    }
