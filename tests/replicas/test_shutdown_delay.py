"""`FLUXLIT_SHUTDOWN_DELAY_S`: after SIGTERM a server says that it goes, and serves until it has gone."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import httpx2
import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_testing.running_server import RunningServer

SAID = "readyz answers 503 from now on"
COMMANDS = {"fluxlit run": ("-m", "fluxlit", "run"), "uvicorn": ("-m", "uvicorn")}


def statuses(server: RunningServer) -> list[int]:
    paths = ("/api/readyz", "/api/healthz", "/api/openapi.json")
    return [httpx2.get(server.base_url + path, timeout=30, trust_env=False).status_code for path in paths]


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())
def test_a_server_that_was_told_to_go_serves_on_and_is_not_ready(
    start_server: Callable[..., RunningServer], command: tuple[str, ...]
) -> None:
    server = start_server(command=command, env={"FLUXLIT_SHUTDOWN_DELAY_S": "600"})
    assert statuses(server) == [200, 200, 200]

    server.signal(signal.SIGTERM)
    server.output.wait_for(SAID, timeout=30)
    assert statuses(server) == [503, 200, 200]

    # Whoever cannot wait says it again.
    server.signal(signal.SIGTERM)
    assert server.wait(timeout=30) in {0, -signal.SIGTERM}


def test_the_server_goes_when_the_time_is_over_and_with_ctrl_c_at_once(
    start_server: Callable[..., RunningServer],
) -> None:
    going = start_server(ui=False, env={"FLUXLIT_SHUTDOWN_DELAY_S": "0.5"})
    going.signal(signal.SIGTERM)
    assert going.wait(timeout=60) == 0
    assert SAID in going.output.text

    interrupted = start_server(ui=False, env={"FLUXLIT_SHUTDOWN_DELAY_S": "600"})
    interrupted.signal(signal.SIGINT)
    assert interrupted.wait(timeout=60) == 130


def workers_of(server: RunningServer) -> list[psutil.Process]:
    children = psutil.Process(server.process.pid).children()
    return [child for child in children if any("spawn_main" in word for word in child.cmdline())]


def test_workers_wait_when_the_server_goes_and_not_when_they_are_replaced(
    start_server: Callable[..., RunningServer],
) -> None:
    server = start_server(arguments=("--port", "0", "--workers", "2"), env={"FLUXLIT_SHUTDOWN_DELAY_S": "4"})
    old = workers_of(server)
    assert len(old) == 2
    server.signal(signal.SIGHUP)
    _, left = psutil.wait_procs(old, timeout=90)
    assert left == []
    assert SAID not in server.output.text

    server.signal(signal.SIGTERM)
    server.output.wait_for(SAID, timeout=30, nth=2)
    assert statuses(server) == [503, 200, 200]
    assert server.wait(timeout=60) == 0
