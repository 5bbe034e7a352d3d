from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

import psutil
import pytest
from benchmarks.comparison.contestants import server as server_module
from benchmarks.comparison.contestants.server import Server, ServerError, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERVES = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *args):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
STUBBORN = f"""
import signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()"])
exec({SERVES!r})
"""

LEAVES_A_CHILD = f"""
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()"])
exec({SERVES!r})
"""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(server_module, "CACHE", tmp_path)
    made = Server("small", ["/"])
    with contextlib.closing(Closing(made)):
        yield made


class Closing:
    def __init__(self, server: Server) -> None:
        self._server = server

    def close(self) -> None:
        self._server.stop()


def serve(server: Server, script: str) -> None:
    port = free_port()
    server.base_url = f"http://127.0.0.1:{port}"
    server.spawn(sys.executable, "-c", script, str(port))
    server.wait_until_ready()


def test_a_server_is_ready_when_it_answers_and_gone_when_stopped(server: Server) -> None:
    serve(server, SERVES)
    processes = server.processes()
    assert server.ready_seconds > 0
    assert server.memory() > 0
    assert server.alive()

    server.stop()

    assert not any(process.is_running() for process in processes)
    assert not server.folder.exists()


def test_children_that_ignore_the_signal_are_killed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "STOP_SECONDS", 0.5)
    serve(server, STUBBORN)
    processes = server.processes()
    assert len(processes) == 2, "a child, and one of its own"

    server.stop()

    assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)


def test_what_a_server_leaves_behind_is_killed_without_the_wait_for_a_server(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As fluxlit 0.13.2 does: it ends, and the process that runs its pages stays. STOP_SECONDS would fail the test.
    monkeypatch.setattr(server_module, "STOP_SECONDS", 10_000.0)
    monkeypatch.setattr(server_module, "ORPHAN_SECONDS", 0.2)
    serve(server, LEAVES_A_CHILD)
    processes = server.processes()
    assert len(processes) == 2, "a child, and one of its own"

    server.stop()

    assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)


def test_servers_that_were_asked_to_stop_are_waited_for_later(server: Server) -> None:
    serve(server, SERVES)
    processes = server.processes()

    server.ask_to_stop()
    psutil.wait_procs(processes, timeout=30)
    server.stop()

    assert not any(process.is_running() for process in processes)
    assert not server.folder.exists()


def test_a_process_that_ends_while_starting_is_named_with_its_last_words(server: Server) -> None:
    server.base_url = f"http://127.0.0.1:{free_port()}"
    server.spawn(sys.executable, "-c", "raise SystemExit('no such setting')")

    with pytest.raises(ServerError, match="no such setting"):
        server.wait_until_ready()


def test_settings_of_this_shell_do_not_reach_a_contestant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "CACHE", tmp_path)
    monkeypatch.setenv("FLUXLIT_SIDECARS", "7")
    monkeypatch.setenv("STREAMLIT_SERVER_PORT", "1")
    server = Server("small", [])
    server.spawn(sys.executable, "-c", "import os; print(sorted(os.environ))")
    for process in server.processes():
        process.wait(timeout=30)
    server.stop()

    assert "FLUXLIT_SIDECARS" not in server.tail()
    assert "STREAMLIT_SERVER_PORT" not in server.tail()
    assert "FLUXLIT_NO_PIDFILE" in server.tail()
