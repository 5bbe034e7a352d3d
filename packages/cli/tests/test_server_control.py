from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fluxlit_cli.control.shutdown import shut_down
from fluxlit_cli.process_identity import identify, is_running
from fluxlit_cli.serving.pidfile import PidRecord, read_pidfile, write_pidfile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Run


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is not ours to stop."""
    process = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    yield process
    process.communicate(timeout=30)


@pytest.mark.parametrize("text", ["{pid}", "{pid}\n", '{pid}\n{{"target": "app:app"}}\n'])
def test_s8_a_process_that_is_no_server_is_left_alone(
    stranger: subprocess.Popen[bytes], tmp_path: Path, text: str
) -> None:
    pidfile = tmp_path / "server.pid"
    pidfile.write_text(text.format(pid=stranger.pid), encoding="utf-8")
    code, message = shut_down(pidfile, force=True, wait_seconds=0)
    assert code == 1
    assert str(stranger.pid) in message
    assert stranger.poll() is None


def test_s8_a_number_that_was_given_to_another_process_is_left_alone(
    stranger: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    pidfile = tmp_path / "server.pid"
    mine = identify(os.getpid())
    assert mine is not None
    write_pidfile(pidfile, PidRecord(pid=stranger.pid, identity=mine))
    code, message = shut_down(pidfile, force=True, wait_seconds=0)
    assert code == 0
    assert "another program" in message
    assert stranger.poll() is None
    assert not pidfile.exists()


@pytest.mark.parametrize("text", ["-1", "0", "-1\n{}", "", "abc", "1e3", "\x00"])
def test_s8_what_is_no_process_number_is_never_signalled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    sent: list[tuple[int, int]] = []

    def note(process: int, number: int) -> None:
        sent.append((process, number))

    monkeypatch.setattr(os, "kill", note)
    monkeypatch.setattr(signal, "pidfd_send_signal", note)
    pidfile = tmp_path / "server.pid"
    pidfile.write_text(text, encoding="utf-8")
    assert shut_down(pidfile, force=True, wait_seconds=0)[0] == 0
    assert sent == []
    assert not pidfile.exists()


def test_without_a_pidfile_shutdown_exits_with_2(run: Run) -> None:
    command = run("shutdown")
    assert command.end() == 2
    assert "There is no pidfile" in command.text


def test_the_file_of_a_process_that_is_gone_is_removed(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    identity = identify(process.pid)
    process.wait(30)
    pidfile = tmp_path / "server.pid"
    write_pidfile(pidfile, PidRecord(pid=process.pid, identity=identity))
    code, message = shut_down(pidfile)
    assert code == 0
    assert "does not run any more" in message
    assert not pidfile.exists()


def test_shutdown_stops_the_server_and_its_pidfile_goes(run: Run, folder: Path) -> None:
    server = run("run")
    server.url()
    command = run("shutdown")
    assert command.end() == 0
    assert f"Stopped process {server.process.pid}" in command.text
    assert server.end() == 0
    assert not (folder / ".fluxlit-dev.pid").exists()


def test_shutdown_gives_up_and_force_does_not(run: Run, folder: Path, environ: dict[str, str]) -> None:
    script = (
        "import signal, sys\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "from pathlib import Path\n"
        "from fluxlit_cli.serving.pidfile import PidRecord, own_identity, write_pidfile\n"
        "import os\n"
        "write_pidfile(Path('stubborn.pid'), PidRecord(pid=os.getpid(), identity=own_identity()))\n"
        "print('there', flush=True)\n"
        "sys.stdin.read()\n"
    )
    stubborn = subprocess.Popen(
        [sys.executable, "-c", script], cwd=folder, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert stubborn.stdout is not None
    assert stubborn.stdout.readline() == b"there\n"
    first = run("shutdown", "--pidfile", "stubborn.pid", "--wait", "0.2")
    assert first.end() == 1
    assert "--force" in first.text
    assert (folder / "stubborn.pid").exists()
    second = run("shutdown", "--pidfile", "stubborn.pid", "--wait", "0.2", "--force")
    assert second.end() == 0
    stubborn.communicate(timeout=30)
    assert stubborn.returncode == -signal.SIGKILL


def test_p7_a_second_server_does_not_take_the_first_ones_pidfile(run: Run, folder: Path) -> None:
    first = run("run")
    first.url()
    second = run("run")
    assert second.end() == 1
    assert str(first.process.pid) in second.text
    assert "--pidfile" in second.text
    third = run("run", "--pidfile", "third.pid")
    third.url()
    assert run("shutdown").end() == 0
    assert first.end() == 0
    assert third.process.poll() is None
    assert run("shutdown", "--pidfile", "third.pid").end() == 0
    assert third.end() == 0
    assert not (folder / "third.pid").exists()


def test_the_variables_choose_the_pidfile(run: Run, folder: Path) -> None:
    server = run("run", FLUXLIT_PIDFILE="chosen/here.pid")
    server.url()
    record = read_pidfile(folder / "chosen" / "here.pid")
    assert record is not None
    assert record.pid == server.process.pid
    assert record.identity is not None
    assert is_running(record.pid, record.identity)
    none = run("run", FLUXLIT_NO_PIDFILE="1")
    none.url()
    assert not (folder / ".fluxlit-dev.pid").exists()


def test_reload_asks_the_server_to_replace_its_ui(run: Run) -> None:
    server = run("run")
    server.url()
    assert run("reload").end() == 0
    server.line_with("reload_ui was called")


def test_reload_without_a_server_says_so(run: Run, folder: Path) -> None:
    assert run("reload").end() == 2
    (folder / ".fluxlit-dev.pid").write_text(str(os.getpid()), encoding="utf-8")
    command = run("reload")
    assert command.end() == 1
    assert "nothing was reloaded" in command.text


def test_status_shows_the_server_and_its_sidecars(run: Run) -> None:
    server = run("run")
    address = server.url()
    command = run("status")
    assert command.end() == 0
    assert f"app:app at {address}: ready" in command.text
    assert "s1" in command.text
    report = run("status", "--json")
    assert report.end() == 0
    data = json.loads(report.text)
    assert (data["running"], data["ready"], data["pid"], data["url"]) == (True, True, server.process.pid, address)
    assert data["gateway"]["memory_bytes"] > 1_000_000
    assert data["gateway"]["age_seconds"] >= 0
    (sidecar,) = data["sidecars"]
    assert (sidecar["name"], sidecar["state"], sidecar["restarts"]) == ("s1", "ready", 2)
    assert sidecar["memory_bytes"] > 1_000_000


def test_status_of_a_url_needs_no_pidfile(run: Run) -> None:
    address = run("run", "--no-pidfile").url()
    command = run("status", address)
    assert command.end() == 0
    assert "ready" in command.text
    assert run("status", f"{address}/api/readyz").end() == 0


def test_status_exits_with_3_when_nothing_runs(run: Run) -> None:
    command = run("status", "--json")
    assert command.end() == 3
    assert json.loads(command.text)["running"] is False


def test_status_watches_until_ctrl_c(run: Run) -> None:
    address = run("run").url()
    watching = run("status", "--watch", "--json", "--interval", "0.1")
    watching.line_with(address)
    watching.line_with(address)
    watching.send(signal.SIGINT)
    assert watching.end() == 130
    assert "Traceback" not in watching.text


def test_a_pidfile_in_a_folder_that_cannot_be_made_is_named(run: Run, folder: Path) -> None:
    (folder / "file").write_text("", encoding="utf-8")
    command = run("run", "--pidfile", "file/x.pid")
    assert command.end() == 1
    assert "--no-pidfile" in command.text


def test_two_processes_are_told_apart() -> None:
    other = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    mine, others = identify(os.getpid()), identify(other.pid)
    assert mine is not None
    assert others is not None
    assert mine != others
    assert is_running(os.getpid(), mine)
    assert not is_running(os.getpid(), others)
    other.communicate(timeout=30)
    assert identify(other.pid) is None
    assert identify(0) is None
    assert identify(-1) is None


def test_the_pidfile_folder_is_made(tmp_path: Path) -> None:
    path: Path = tmp_path / "a" / "b.pid"
    write_pidfile(path, PidRecord(pid=os.getpid(), identity=identify(os.getpid())))
    assert read_pidfile(path) == PidRecord(pid=os.getpid(), identity=identify(os.getpid()))


def test_where_there_is_no_proc_ps_tells_processes_apart() -> None:
    from fluxlit_cli.process_identity import _from_ps

    other = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    found = _from_ps(other.pid)
    assert found is not None
    assert "sys.stdin.read()" in found.command
    assert found == _from_ps(other.pid)
    assert found != _from_ps(os.getpid())
    other.communicate(timeout=30)
    assert _from_ps(other.pid) is None
