"""`doctor --url`: what it says about an instance behind a real nginx, set up well and badly."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from fluxlit_cli.deployment import probe_deployment
from fluxlit_cli.deployment.hops import proxy_name
from fluxlit_cli.doctor.check import Status
from fluxlit_cli.errors import UsageProblemError

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

APP = """
from fluxlit import FluxLit

app = FluxLit(title="Real")


@app.page("/", title="Home")
def home(st, client):
    st.write("hello")
"""

needs_nginx = pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed here")

UPGRADE = """
proxy_http_version 1.1;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection "upgrade";
proxy_set_header Host $http_host;
proxy_set_header X-Forwarded-Proto $scheme;
"""

Proxy = Callable[[str], str]


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    """nginx says nothing when it listens, so its port is asked."""
    deadline = time.monotonic() + 30
    while not accepts(port):
        assert process.poll() is None
        assert time.monotonic() < deadline


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    """Start nginx with the given lines inside its server block; returns its address."""
    started: list[subprocess.Popen[bytes]] = []

    def start(server: str) -> str:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        work = tmp_path / f"nginx{port}"
        work.mkdir()
        temporary = "\n".join(
            f"{kind}_temp_path {work}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (work / "nginx.conf").write_text(
            f"daemon off; master_process off; pid {work}/pid; error_log {work}/error.log;\n"
            f"events {{}}\nhttp {{ access_log off; {temporary}\n"
            f"server {{ listen 127.0.0.1:{port};\n{server}\n}} }}\n",
            encoding="utf-8",
        )
        process = subprocess.Popen(
            ["nginx", "-e", f"{work}/error.log", "-c", f"{work}/nginx.conf"], stdin=subprocess.DEVNULL
        )
        started.append(process)
        wait_until_it_listens(process, port)
        return f"http://127.0.0.1:{port}"

    yield start
    for process in started:
        process.terminate()
        process.wait(30)


def probe(url: str) -> dict[str, tuple[str, str]]:
    return {
        result.name: (result.status.value, result.detail + " | " + result.remedy) for result in probe_deployment(url)
    }


@needs_nginx
def test_the_hop_that_breaks_it_is_named(run: Run, folder: Path, proxy: Proxy) -> None:
    (folder / "app.py").write_text(APP, encoding="utf-8")
    variables = {"FLUXLIT_ROOT_PATH": "/shop", "FLUXLIT_ENABLE_SECURITY_HEADERS": "1"}
    upstream = run("run", "--port", "0", **variables).url().removesuffix("/shop")

    good = probe(proxy(f"client_max_body_size 0; location / {{ proxy_pass {upstream}; {UPGRADE} }}") + "/shop")
    assert {name: status for name, (status, _) in good.items() if status == "FAIL"} == {}
    assert {"http", "readiness", "upload", "cookies", "forwarded_prefix", "compression", "websocket"} <= set(good)

    small = probe(proxy(f"location / {{ proxy_pass {upstream}; {UPGRADE} }}") + "/shop")
    assert small["upload"][0] == "FAIL"
    assert "nginx refuses 2 MiB" in small["upload"][1]
    assert "client_max_body_size" in small["upload"][1]

    plain = probe(proxy(f"client_max_body_size 0; location / {{ proxy_pass {upstream}; }}") + "/shop")
    assert plain["websocket"][0] == "FAIL"
    assert "Hop browser → proxy" in plain["websocket"][1] or "Hop proxy → FluxLit" in plain["websocket"][1]

    other = probe(proxy(f"location /else/ {{ proxy_pass {upstream}/shop/; {UPGRADE} }}") + "/else")
    assert other["forwarded_prefix"][0] == "FAIL"
    assert "FLUXLIT_ROOT_PATH=/else" in other["forwarded_prefix"][1]


@needs_nginx
def test_a_proxy_that_reaches_nothing_is_named(proxy: Proxy) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    found = probe(proxy(f"location / {{ proxy_pass http://127.0.0.1:{port}; }}"))
    assert found["http"][0] == "FAIL"
    assert "nginx answers 502: it does not reach FluxLit" in found["http"][1]


@needs_nginx
def test_a_proxy_that_answers_itself_is_named(proxy: Proxy) -> None:
    found = probe(proxy("location / { return 404; }"))
    assert "nginx answers 404 itself" in found["http"][1]


def test_an_address_where_nothing_listens_is_one_finding(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    command = run("doctor", "--json", "--url", f"http://127.0.0.1:{port}/x")
    assert command.end() == 1
    (check,) = json.loads(command.text)["checks"]
    assert check["name"] == "reach"
    assert "Hop browser → proxy" in check["remedy"]


def test_what_is_no_address_is_refused(run: Run) -> None:
    with pytest.raises(UsageProblemError, match="is no HTTP address"):
        probe_deployment("example.org")
    assert run("doctor", "--url", "example.org").end() == 2


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"server": "nginx/1.2"}, "nginx"),
        ({"via": "1.1 Caddy"}, "Caddy"),
        ({"server": "uvicorn"}, "the proxy"),
        ({}, "the proxy"),
    ],
)
def test_proxies_are_known_by_their_headers(headers: dict[str, str], name: str) -> None:
    assert proxy_name(headers) == name
    assert Status.FAIL == "FAIL"
