"""Stops the server that a pidfile names, and no other process."""

import signal
from pathlib import Path

from fluxlit_cli.control.server_process import ServerProcess, open_server, standing_of
from fluxlit_cli.serving.pidfile import PidRecord, read_pidfile

__all__ = ("shut_down",)

_KILL_SECONDS = 2.0


def shut_down(pidfile: Path, *, force: bool = False, wait_seconds: float = 5.0) -> tuple[int, str]:
    """Ask the server to stop, wait, and kill it if ``force`` says so.

    Args:
        pidfile: The file that ``dev`` or ``run`` wrote.
        force: Kill it when it still runs after ``wait_seconds``.
        wait_seconds: Seconds to wait.

    Returns:
        The exit code (0: nothing runs any more; 1: it could not be stopped; 2: there is no such file) and a message.
    """
    try:
        record = read_pidfile(pidfile)
    except FileNotFoundError:
        return (
            2,
            f"There is no pidfile {str(pidfile)!r}. Start in the server's folder, or name the file with --pidfile.",
        )
    if record is None or record.pid <= 0:
        pidfile.unlink(missing_ok=True)
        return 0, f"{str(pidfile)!r} names no process; it was removed."
    with open_server(record.pid) as server:
        standing = standing_of(record, pidfile)
        if not standing.runs:
            pidfile.unlink(missing_ok=True)
            return 0, f"Process {record.pid} does not run any more; {str(pidfile)!r} was removed."
        if not standing.ours:
            return _not_ours(pidfile, record, standing.command)
        return _stop(pidfile, server, force=force, wait_seconds=wait_seconds)


def _not_ours(pidfile: Path, record: PidRecord, command: str) -> tuple[int, str]:
    if record.identity is not None:
        # Start time or command differ: the server is gone and its number was given to another process.
        pidfile.unlink(missing_ok=True)
        return (
            0,
            f"The server is gone and process {record.pid} is another program now ({command!r}); nothing was stopped.",
        )
    return 1, (
        f"Process {record.pid} is not a FluxLit server ({command!r}), so it was left alone. "
        f"Remove {str(pidfile)!r} if it is a leftover."
    )


def _stop(pidfile: Path, server: ServerProcess, *, force: bool, wait_seconds: float) -> tuple[int, str]:
    try:
        server.send(signal.SIGTERM)
        ended = server.wait(wait_seconds)
        if not ended and force:
            server.send(signal.SIGKILL)
            ended = server.wait(_KILL_SECONDS)
    except PermissionError:
        return 1, f"Process {server.pid} belongs to another user; stop it as that user."
    if ended:
        pidfile.unlink(missing_ok=True)
        return 0, f"Stopped process {server.pid}."
    return (
        1,
        f"Process {server.pid} still runs after {wait_seconds:g} s. Wait longer with --wait, or kill it with --force.",
    )
