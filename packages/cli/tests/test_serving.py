from __future__ import annotations

import contextlib
import json
import signal
import socket
import time
import urllib.request
from http.client import HTTPConnection, RemoteDisconnected
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run


def listens(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=30).close()
    except OSError:
        return False
    return True


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read()


def test_it_says_where_everything_is_and_when_the_ui_is_ready(run: Run) -> None:
    server = run("run")
    address = server.url()
    assert f"UI    {address}/" in server.text
    assert f"API   {address}/api/" in server.text
    assert f"Docs  {address}/api/docs" in server.text
    assert get(address) == b"ANSWER"


def test_p8_port_0_really_takes_a_free_port_and_prints_it(run: Run) -> None:
    first, second = run("run", "--port", "0", "--no-pidfile"), run("run", "--port", "0", "--no-pidfile")
    addresses = {first.url(), second.url()}
    assert len(addresses) == 2
    assert all(get(address) == b"ANSWER" and not address.endswith((":0", ":8000")) for address in addresses)


def test_sigterm_ends_it_gracefully_with_exit_0(run: Run, folder: Path) -> None:
    server = run("run")
    server.url()
    server.send(signal.SIGTERM)
    assert server.end() == 0
    assert "lifespan ended" in server.text
    assert "Traceback" not in server.text
    assert not (folder / ".fluxlit-dev.pid").exists()


def test_ctrl_c_ends_it_with_exit_130_and_no_traceback(run: Run) -> None:
    server = run("run")
    server.url()
    server.send(signal.SIGINT)
    assert server.end() == 130
    assert "lifespan ended" in server.text
    assert "Traceback" not in server.text


def test_p8_an_endless_event_stream_does_not_hold_up_sigterm(run: Run) -> None:
    server = run("run")
    stream = HTTPConnection(server.url().removeprefix("http://"), timeout=30)
    stream.request("GET", "/endless")
    answer = stream.getresponse()
    assert answer.read(7) == b"data: 1"
    server.send(signal.SIGTERM)
    asked = time.monotonic()
    assert server.end() == 0
    # The promise is five seconds; this machine may be busy with other tests.
    assert time.monotonic() - asked < 15
    stream.close()
    assert "lifespan ended" in server.text
    assert "Traceback" not in server.text


def test_a_port_in_use_is_named_with_the_remedy_before_anything_starts(run: Run, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        server = run("run", "--port", str(port))
        assert server.end() == 3
    assert f"127.0.0.1:{port}" in server.text
    assert "--port" in server.text
    assert "Traceback" not in server.text
    assert "lifespan" not in server.text
    assert not (folder / ".fluxlit-dev.pid").exists()


def test_a_host_of_another_machine_is_named(run: Run) -> None:
    server = run("run", "--host", "192.0.2.1")
    assert server.end() == 3
    assert "192.0.2.1" in server.text
    assert "--host" in server.text


def test_an_application_that_does_not_start_exits_with_3_and_its_reason(run: Run) -> None:
    server = run("run", TINY_FAILS="1")
    assert server.end() == 3
    assert "the database is away" in server.text
    assert "Traceback" not in server.text


def test_flags_reach_the_settings_and_the_target_the_application(run: Run) -> None:
    server = run("run", "app:app", "--log-level", "warning", "--sidecars", "3", "--proxy-headers", "--root-path", "/x")
    _, target, settings = json.loads(get(f"{server.url()}/whoami"))
    assert target == "app:app"
    assert settings == {"log_level": "warning", "sidecars": "3", "trust_proxy": True, "root_path": "/x"}


def test_it_serves_on_a_unix_socket_and_removes_it(run: Run, folder: Path) -> None:
    server = run("run", "--uds", "s.sock")
    server.line_with("UI ready")
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(folder / "s.sock"))
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
    server.send(signal.SIGTERM)
    assert server.end() == 0
    assert not (folder / "s.sock").exists()


def test_a_file_in_the_place_of_the_unix_socket_is_left_alone(run: Run, folder: Path) -> None:
    (folder / "precious").write_text("data", encoding="utf-8")
    server = run("run", "--uds", "precious")
    assert server.end() == 3
    assert (folder / "precious").read_text(encoding="utf-8") == "data"


def test_an_fd_that_is_no_socket_is_refused(run: Run) -> None:
    server = run("run", "--fd", "0")
    assert server.end() == 1
    assert "File descriptor 0" in server.text


def test_several_workers_serve_on_one_port_and_end_together(run: Run) -> None:
    server = run("run", "--workers", "2")
    address = server.url()
    workers = [
        child for child in psutil.Process(server.process.pid).children() if "spawn_main" in " ".join(child.cmdline())
    ]
    assert len(workers) == 2
    assert json.loads(get(f"{address}/whoami"))[0] in {worker.pid for worker in workers}
    server.send(signal.SIGTERM)
    assert server.end() == 0
    assert "Traceback" not in server.text


def test_sighup_replaces_the_ui_and_the_server_goes_on(run: Run) -> None:
    server = run("run")
    address = server.url()
    server.send(signal.SIGHUP)
    server.line_with("reload_ui was called")
    server.line_with("were replaced")
    assert get(address) == b"ANSWER"


@pytest.mark.parametrize("address", ["path", "abstract"])
def test_systemd_is_told_when_it_is_ready_alive_and_stopping(run: Run, tmp_path: Path, address: str) -> None:
    name = f"@fluxlit-test-{tmp_path.name}-{time.monotonic_ns()}" if address == "abstract" else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + name[1:] if address == "abstract" else name)
        manager.settimeout(60)
        server = run("run", NOTIFY_SOCKET=name, WATCHDOG_USEC="200000")
        messages: list[str] = []
        while not {"READY=1", "WATCHDOG=1"} <= set(messages):
            messages += manager.recv(4096).decode().splitlines()
        server.send(signal.SIGTERM)
        while "STOPPING=1" not in messages:
            messages += manager.recv(4096).decode().splitlines()
        assert server.end() == 0


def test_workbench_believes_the_proxy_and_says_what_to_open(run: Run) -> None:
    server = run("workbench", "--port", "0")
    address = server.url()
    _, _, settings = json.loads(get(f"{address}/whoami"))
    assert settings["trust_proxy"] is True
    assert f"[fluxlit] open {address}/" in server.text


def test_lines_are_json_when_asked(run: Run) -> None:
    server = run("run", "--log-format", "json", TINY_FAILS="1")
    assert server.end() == 3
    entries = [json.loads(line) for line in server.lines if line.startswith("{")]
    assert any(entry["message"] == "the database is away" and entry["level"] == "ERROR" for entry in entries)
    assert all({"time", "level", "logger", "message"} <= set(entry) for entry in entries)


def test_it_serves_on_an_inherited_socket(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = run("run", "--fd", str(listener.fileno()), pass_fds=[listener.fileno()])
        address = server.url()
        assert address == f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert get(address) == b"ANSWER"


def test_an_ipv6_address_is_written_with_brackets(run: Run) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("there is no IPv6 here")
    address = run("run", "--host", "::1", "--port", "0").url()
    assert address.startswith("http://[::1]:")
    assert get(address) == b"ANSWER"


def test_a_wildcard_is_shown_as_an_address_that_browsers_open(run: Run) -> None:
    address = run("run", "--host", "0.0.0.0", "--port", "0").url()
    assert address.startswith("http://127.0.0.1:")
    assert get(address) == b"ANSWER"


def test_sighup_replaces_workers_one_after_the_other(run: Run) -> None:
    server = run("run", "--workers", "2")
    address = server.url()
    old = psutil.Process(json.loads(get(f"{address}/whoami"))[0])
    server.send(signal.SIGHUP)
    old.wait(150)
    # uvicorn closes a connection that a retiring worker has accepted and not read yet; clients ask again.
    with contextlib.suppress(RemoteDisconnected, ConnectionResetError):
        assert json.loads(get(f"{address}/whoami"))[0] != old.pid
    assert server.process.poll() is None


def test_a_second_ctrl_c_does_not_wait_for_requests(run: Run) -> None:
    server = run("run", TINY_GRACE="600")
    stream = HTTPConnection(server.url().removeprefix("http://"), timeout=30)
    stream.request("GET", "/endless")
    answer = stream.getresponse()
    assert answer.read(7) == b"data: 1"
    server.send(signal.SIGINT)
    # Once the listener refuses, the first has been taken in.
    deadline = time.monotonic() + 60
    while listens(stream.host, stream.port):
        assert time.monotonic() < deadline
    server.send(signal.SIGINT)
    assert server.end() == 130
    stream.close()


def test_workers_end_when_their_supervisor_is_killed(run: Run) -> None:
    server = run("run", "--workers", "2")
    server.url()
    server.send(signal.SIGKILL)
    # The workers share the supervisor's output: the end of it is the end of both.
    assert server.end() == -signal.SIGKILL
    assert server.text.count("lifespan ended") == 2
