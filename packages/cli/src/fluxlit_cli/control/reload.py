"""Asks the server that a pidfile names to replace its UI's processes, and hears how it went."""

import signal
import time
from pathlib import Path
from typing import Any

from fluxlit_cli.control.server_process import open_server, standing_of
from fluxlit_cli.readiness import ask_readiness
from fluxlit_cli.serving.pidfile import PidRecord, read_pidfile

__all__ = ("ask_to_reload",)

_BETWEEN_QUESTIONS = 0.2


def ask_to_reload(pidfile: Path, *, wait_seconds: float) -> tuple[int, str]:
    """Send SIGHUP to the server and wait for the outcome.

    Args:
        pidfile: Names the server.
        wait_seconds: How long to wait; 0 only asks.

    Returns:
        The exit code (0: replaced, or asked where the outcome cannot be known; 1: it does not run, or its processes
        were not replaced; 2: there is no such file) and a message.
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
        before = _last_roll(record) if wait_seconds else None
        try:
            server.send(signal.SIGHUP)
        except PermissionError:
            return 1, f"Process {record.pid} belongs to another user; reload it as that user."
    if before is None:
        return 0, f"Asked process {record.pid} to replace its UI; 'fluxlit status' shows how it goes."
    return _outcome(record, after=before["number"], within=wait_seconds)


def _outcome(record: PidRecord, *, after: int, within: float) -> tuple[int, str]:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        roll = _last_roll(record)
        if roll is not None and roll["number"] > after:
            if roll["state"] == "done":
                return 0, f"Process {record.pid} has replaced its UI's processes."
            if roll["state"] == "failed":
                return 1, f"The UI was not replaced and goes on with the old code: {roll['reason']}"
        time.sleep(_BETWEEN_QUESTIONS)
    return 1, f"The UI was not replaced within {within:g} s; 'fluxlit status' shows how it goes."


def _last_roll(record: PidRecord) -> dict[str, Any] | None:
    """What the server says of its last replacement; ``None`` when it says nothing of such things."""
    answer = ask_readiness(record.url, record.status_path) if record.url else None
    if answer is None or "roll" not in answer.body:
        return None
    return {"number": 0, "state": "", "reason": "", **(answer.body.get("roll") or {})}
