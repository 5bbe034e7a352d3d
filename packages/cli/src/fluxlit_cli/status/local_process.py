"""Age and memory of a process of this machine, from ``/proc``; ``None`` where there is none."""

import os
from pathlib import Path

__all__ = ("age_of", "memory_of")

_START_TIME = 19
"""Index of ``starttime`` counted from ``state``, which is field 3 of proc_pid_stat(5)."""


def age_of(pid: int) -> float | None:
    """Seconds since the process started."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        uptime = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return None
    return round(max(uptime - int(fields[_START_TIME]) / os.sysconf("SC_CLK_TCK"), 0.0), 1)


def memory_of(pid: int) -> int | None:
    """Bytes of memory that the process holds (its resident set)."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
