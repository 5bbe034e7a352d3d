"""Start, stop and death of the whole stack: nothing is left behind, however it ends."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import httpx2
import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_testing.running_server import RunningServer

    StartServer = Callable[..., RunningServer]

# Bounds of the promise, not measurements: a loaded machine still has to keep them.
STOP_SECONDS = 5.0
ORPHAN_SECONDS = 2.0

COMMANDS = {
    "fluxlit run": ("-m", "fluxlit", "run"),
    "fluxlit dev": ("-m", "fluxlit", "dev"),
    "uvicorn": ("-m", "uvicorn"),
}


def is_running(process: psutil.Process) -> bool:
    """Whether it runs; an orphan that has ended stays a zombie until the machine's init looks at it."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("command", COMMANDS)
def test_every_way_to_serve_gives_the_same_stack(start_server: StartServer, command: str) -> None:
    server = start_server(command=COMMANDS[command])

    with httpx2.Client(base_url=server.base_url, timeout=30, trust_env=False) as http:
        assert http.get("/api/users").json() == [{"name": "Ada"}]
        assert http.get("/api/healthz").status_code == 200
        assert http.get("/api/readyz").status_code == 200
        assert http.get("/api/docs").status_code == 200
        assert http.get("/").status_code == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_polite_signal_ends_everything_quietly(
    start_server: StartServer,
    children_of: Callable[[int], list[psutil.Process]],
    command: str,
    number: signal.Signals,
) -> None:
    server = start_server(command=COMMANDS[command])
    children = children_of(server.process.pid)
    assert children, "there is a sidecar to end"

    deadline = time.monotonic() + STOP_SECONDS
    server.signal(number)
    server.wait(timeout=STOP_SECONDS)
    _gone, alive = psutil.wait_procs(children, timeout=max(0.0, deadline - time.monotonic()))

    assert not [child for child in alive if is_running(child)]
    assert "Traceback" not in server.output.text


@pytest.mark.parametrize("command", ["fluxlit run", "uvicorn"])
def test_sidecars_do_not_outlive_a_killed_gateway(
    start_server: StartServer, children_of: Callable[[int], list[psutil.Process]], command: str
) -> None:
    server = start_server(command=COMMANDS[command])
    children = children_of(server.process.pid)
    assert children, "there is a sidecar to lose"

    server.signal(signal.SIGKILL)

    _gone, alive = psutil.wait_procs(children, timeout=ORPHAN_SECONDS)
    assert not [child for child in alive if is_running(child)]
