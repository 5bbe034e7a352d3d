"""A server in a process of its own: ready when it is given, gone when it is left, and its words kept for the report."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from fluxlit_testing import RunningServer
from fluxlit_testing.errors import ServerStartError, WaitTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STUBBORN = """
import signal, sys, threading
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("serving on http://127.0.0.1:4711/", flush=True)
threading.Event().wait(60)
"""


PATIENT = STUBBORN.replace("signal.signal(signal.SIGTERM, signal.SIG_IGN)", "")


def test_a_server_that_dies_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    (tmp_path / "dies.py").write_text("raise SystemExit('no database today')\n")

    with pytest.raises(ServerStartError, match=r"(?s)'app:app' did not get ready.*no database today"):
        RunningServer.start(cwd=tmp_path, command=("dies.py",))


def test_the_address_is_the_one_that_the_server_names(tmp_path: Path) -> None:
    (tmp_path / "serves.py").write_text(PATIENT)

    with RunningServer.start(cwd=tmp_path, command=("serves.py",), ui=False) as server:
        assert server.base_url == "http://127.0.0.1:4711"
        assert server.ws_url == "ws://127.0.0.1:4711"

    assert server.process.returncode == -signal.SIGTERM


def test_a_server_that_ignores_sigterm_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fluxlit_testing.running_server.STOP_SECONDS", 0.2)
    (tmp_path / "stays.py").write_text(STUBBORN)
    server = RunningServer.start(cwd=tmp_path, command=("stays.py",), ui=False)

    assert server.stop() == -signal.SIGKILL


def test_waiting_for_a_server_that_goes_on_is_bounded(program: Callable[[str], list[str]], tmp_path: Path) -> None:
    with RunningServer(program(PATIENT), cwd=tmp_path) as server:
        server.output.wait_for("serving", timeout=30)

        with pytest.raises(WaitTimeoutError, match=r"(?s)still running.*serving on"):
            server.wait(timeout=0.05)
