"""One contestant as it runs: its processes, its addresses, its memory; and the end of all of them.

Lifecycle: a recipe (`lineup.py`) spawns processes into a `Server`; `wait_until_ready` returns when routes and pages
answer; `stop` ends every process and whatever those started, at first kindly. Several servers are stopped at once by
asking each (`ask_to_stop`) before the first is waited for.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psutil
from benchmarks.comparison.contestants.environment import ASSET_CACHE, CACHE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

APPLICATIONS = Path(__file__).resolve().parents[1] / "applications"
START_SECONDS = 60.0
STOP_SECONDS = 15.0
# For what a server has left behind: nobody is there who would still stop it.
ORPHAN_SECONDS = 1.0
_POLL_SECONDS = 0.05
UI_HEALTH = "/_stcore/health"
API_HELLO = "/api/hello"


class ServerError(RuntimeError):
    """A contestant did not start, or is not what it should be."""


def free_port() -> int:
    """A port that was free a moment ago: not every contestant can say which one it took."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Server:
    """The processes of one contestant.

    Attributes:
        name: The contestant's.
        folder: A folder of its own for sockets and settings, removed by `stop`.
        base_url: Where browsers go.
        ready_paths: What answers 200 once it can serve.
    """

    def __init__(self, name: str, ready_paths: Sequence[str], env: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.ready_paths = tuple(ready_paths)
        self.folder = Path(tempfile.mkdtemp(prefix="bench-"))
        self.base_url = ""
        self._env = {**_environment(), "XDG_RUNTIME_DIR": str(self.folder), **(env or {})}
        self.ready_seconds = 0.0
        self._begun = time.perf_counter()
        self._roots: list[subprocess.Popen[bytes]] = []
        self._companions: list[subprocess.Popen[bytes]] = []
        self._asked: list[psutil.Process] | None = None
        self.log = CACHE / "logs" / f"{name}.log"

    def spawn(self, *command: str | Path, env: dict[str, str] | None = None, companion: bool = False) -> None:
        """Start a process in the applications' folder.

        Args:
            command: Its command line.
            env: Variables over those of this process.
            companion: It is needed but no part of the contestant, and not counted as its memory.
        """
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [str(each) for each in command],
                cwd=APPLICATIONS,
                env={**self._env, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        (self._companions if companion else self._roots).append(process)

    def wait_until_ready(self) -> None:
        """Wait until each of `ready_paths` answers 200, and note how long it took.

        Raises:
            ServerError: A process ended, or it took longer than `START_SECONDS`; the message has the log's end.
        """
        end = time.perf_counter() + START_SECONDS
        for path in self.ready_paths:
            while status(self.base_url, path) != 200:
                if any(each.poll() is not None for each in (*self._roots, *self._companions)):
                    raise ServerError(f"{self.name}: a process ended while starting.\n{self.tail()}")
                if time.perf_counter() > end:
                    raise ServerError(f"{self.name}: {path} did not answer in {START_SECONDS} s.\n{self.tail()}")
                time.sleep(_POLL_SECONDS)
        self.ready_seconds = time.perf_counter() - self._begun

    def tail(self) -> str:
        """The end of what it has written to its log."""
        with contextlib.suppress(OSError):
            return self.log.read_text("utf-8", "replace")[-2000:]
        return ""

    def processes(self) -> list[psutil.Process]:
        """Those that belong to the contestant, children included."""
        return _with_children(self._roots)

    def memory(self) -> int:
        """Bytes of memory in use; pages that processes share are counted once."""
        total = 0
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                total += process.memory_full_info().pss
        return total

    def processor_seconds(self) -> float:
        """Processor time that its processes have used so far."""
        total = 0.0
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                total += times.user + times.system
        return total

    def page_processes(self) -> list[psutil.Process]:
        """The processes that run pages: those with Streamlit's main module, or all when there is no other place."""
        found = [each for each in self.processes() if _runs_pages(each)]
        return found or [psutil.Process(each.pid) for each in self._roots if each.poll() is None]

    def alive(self) -> bool:
        """Whether any of its processes still runs."""
        return any(process.poll() is None for process in self._roots)

    def ask_to_stop(self) -> None:
        """Ask its processes to end, and do not wait for them."""
        if self._asked is None:
            roots = [*self._roots, *self._companions]
            # Now: the children of a process that is gone are nobody's.
            self._asked = _with_children(roots)
            for process in roots:
                if process.poll() is None:
                    process.terminate()

    def stop(self) -> None:
        """End everything that this server started; kills what does not go within `STOP_SECONDS`."""
        self.ask_to_stop()
        roots, everything = [*self._roots, *self._companions], self._asked or []
        own = {process.pid for process in roots}
        _, stuck = psutil.wait_procs([each for each in everything if each.pid in own], timeout=STOP_SECONDS)
        _, alive = psutil.wait_procs(everything, timeout=0 if stuck else ORPHAN_SECONDS)
        for process in alive:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(alive, timeout=STOP_SECONDS)
        for process in roots:
            process.wait(timeout=STOP_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)


def _environment() -> dict[str, str]:
    """This process's variables, without those that would change what a contestant does."""
    dropped = ("FLUXLIT_", "STREAMLIT_", "PYTHONPATH", "VIRTUAL_ENV", "WEB_CONCURRENCY")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    # The compressed static files, made once for all runs: making them is not what is measured.
    assets = str(ASSET_CACHE)
    quiet = {"STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false", "STREAMLIT_SERVER_HEADLESS": "true"}
    return {**kept, **quiet, "FLUXLIT_NO_PIDFILE": "1", "FLUXLIT_GATEWAY_ASSETS_CACHE_DIR": assets}


def _runs_pages(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        command = " ".join(process.cmdline())
        return "streamlit run" in command or "streamlit_server" in command
    return False


def _with_children(roots: Sequence[subprocess.Popen[bytes]]) -> list[psutil.Process]:
    found: list[psutil.Process] = []
    for root in roots:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(root.pid)
            found += [process, *process.children(recursive=True)]
    return found


def status(base_url: str, path: str) -> int:
    """The status of a GET, or 0 when nobody answers."""
    where = urlsplit(base_url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
