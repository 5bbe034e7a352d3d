"""Tells one process from another that has its number: by start time and command.

Numbers are used again soon after a process ended, so a number alone must never be signalled. On Linux the facts
come from ``/proc`` (proc_pid_stat(5)); elsewhere from ``ps``.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

__all__ = ("ProcessIdentity", "identify", "is_running")

_START_TIME = 19
"""Index of ``starttime`` counted from ``state``, which is field 3 of proc_pid_stat(5)."""


@dataclass(frozen=True)
class ProcessIdentity:
    """What stays the same for as long as a process lives.

    Attributes:
        started: Start time, in the platform's own unit; only compared.
        command: Its command line.
    """

    started: str
    command: str


def identify(pid: int) -> ProcessIdentity | None:
    """The identity of the process ``pid``, or ``None`` when it does not run (a zombie does not)."""
    if pid <= 0:
        return None
    proc = Path("/proc")
    if (proc / "self" / "stat").exists():
        return _from_proc(proc / str(pid))
    return _from_ps(pid)


def is_running(pid: int, identity: ProcessIdentity) -> bool:
    """Whether the process ``pid`` runs and is still the one that ``identity`` was taken of."""
    return identify(pid) == identity


def _from_proc(folder: Path) -> ProcessIdentity | None:
    try:
        # The name in parentheses may hold spaces and parentheses of its own.
        fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return None
    if not fields or fields[0] in {"Z", "X"}:
        return None
    return ProcessIdentity(started=fields[_START_TIME], command=command)


def _from_ps(pid: int) -> ProcessIdentity | None:
    try:
        done = subprocess.run(  # noqa: S603 -- a fixed program and a number
            ["/bin/ps", "-ww", "-o", "state=", "-o", "lstart=", "-o", "command=", "-p", str(pid)],
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    fields = done.stdout.split()
    if done.returncode or not fields or fields[0].startswith("Z"):
        return None
    date_parts = 5  # "Sun Nov 22 14:25:38 2026"
    return ProcessIdentity(started=" ".join(fields[1 : 1 + date_parts]), command=" ".join(fields[1 + date_parts :]))
