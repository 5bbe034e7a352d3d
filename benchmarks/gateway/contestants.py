"""Starting the servers of a comparison and stopping them again."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import IO

SERVERS = Path(__file__).with_name("servers.py")


class Contestant:
    """A running server: its address and its process."""

    def __init__(self, role: str, *arguments: str, env: dict[str, str] | None = None) -> None:
        self.process: subprocess.Popen[str] = subprocess.Popen(
            [sys.executable, str(SERVERS), role, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **(env or {})},
        )
        line = _pipe(self.process.stdout).readline().split()
        if not line:
            raise RuntimeError(f"{role!r} did not start")
        self.address = line[1]

    def stop(self) -> None:
        """End the process."""
        _pipe(self.process.stdin).close()
        self.process.wait(timeout=20)
        _pipe(self.process.stdout).close()

    def cpu_seconds(self) -> float:
        """Return the processor time that the process has used so far (Linux)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_rss(self) -> int:
        """Return the most memory the process has had so far, in bytes (Linux)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise RuntimeError("the process was started with pipes")
    return pipe


@contextlib.contextmanager
def contestants() -> Generator["Field"]:
    """Give a field to start servers in; all are stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="fluxlit-bench-") as folder:
        field = Field(Path(folder))
        try:
            yield field
        finally:
            field.stop()


class Field:
    """The servers of one comparison."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[Contestant] = []

    def start(self, role: str, *, on_unix: bool = False, upstream: str | None = None) -> Contestant:
        """Start a server of `servers.py` and wait until it accepts connections."""
        arguments = ["--unix", str(self._folder / f"{role}-{len(self._running)}.sock")] if on_unix else []
        if upstream is not None:
            arguments += ["--upstream", upstream]
        profiled = {"PROFILE": "1"} if os.environ.get("PROFILE_ROLE") == role else {}
        contestant = Contestant(role, *arguments, env=profiled)
        self._running.append(contestant)
        return contestant

    def stop(self) -> None:
        """End all of them."""
        for contestant in reversed(self._running):
            contestant.stop()
