"""Asks the server that a pidfile names to replace its UI's processes."""

import signal
from pathlib import Path

from fluxlit_cli.control.server_process import open_server, standing_of
from fluxlit_cli.serving.pidfile import read_pidfile

__all__ = ("ask_to_reload",)


def ask_to_reload(pidfile: Path) -> tuple[int, str]:
    """Send SIGHUP to the server.

    Returns:
        The exit code (0: sent; 1: it does not run; 2: there is no such file) and a message.
    """
    try:
        record = read_pidfile(pidfile)
    except FileNotFoundError:
        return (
            2,
            f"There is no pidfile {str(pidfile)!r}. Start in the server's folder, or name the file with --pidfile.",
        )
    if record is None or record.pid <= 0:
        return 1, f"{str(pidfile)!r} names no process. Remove it."
    with open_server(record.pid) as server:
        standing = standing_of(record, pidfile)
        if not standing.ours:
            return 1, f"The server of {str(pidfile)!r} does not run (process {record.pid}); nothing was reloaded."
        try:
            server.send(signal.SIGHUP)
        except PermissionError:
            return 1, f"Process {record.pid} belongs to another user; reload it as that user."
    return 0, f"Asked process {record.pid} to replace its UI; 'fluxlit status' shows how it goes."
