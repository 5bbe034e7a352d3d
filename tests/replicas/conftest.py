"""Replicas of one application on this host's loopback addresses, with one Redis, behind a real HAProxy."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import httpx2
import pytest

from fluxlit_testing.browser import open_browser
from fluxlit_testing.errors import BrowserMissingError
from fluxlit_testing.process_output import ProcessOutput
from fluxlit_testing.running_server import UI_READY, RunningServer
from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    from playwright.sync_api import Browser

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "proxies" / "haproxy" / "replicas.cfg"
APPLICATION = Path(__file__).parent / "application"
START_SECONDS = 120.0
NAMES = ("one", "two", "three")
# What the replicas go on serving after SIGTERM: more than HAProxy needs to notice (two checks, one each second).
DELAY_SECONDS = os.environ.get("FLUXLIT_TEST_SHUTDOWN_DELAY_S", "4")


RETRIES = ("option redispatch", "retries 3", "retry-on conn-failure")


class Replica:
    """One replica: the same address before and after a restart."""

    def __init__(self, name: str, port: int, *, cwd: Path, runtime: Path, env: Mapping[str, str]) -> None:
        self.name = name
        self.host = f"127.0.0.1{NAMES.index(name) + 1}"
        self.port = port
        self._cwd = cwd
        self._env = {
            "REPLICA": name,
            "FLUXLIT_TRUST_PROXY": "1",
            "FLUXLIT_FORWARDED_ALLOW_IPS": "127.0.0.1",
            "FLUXLIT_NO_PIDFILE": "1",
            "FLUXLIT_SIDECARS": "1",
            "FLUXLIT_SHUTDOWN_DELAY_S": DELAY_SECONDS,
            "XDG_RUNTIME_DIR": str(runtime),
            **env,
        }
        self._server: RunningServer | None = None

    def start(self) -> None:
        """Begin; `wait_until_ready` tells the end of it."""
        command = [sys.executable, "-m", "fluxlit", "run", "app:app", "--host", self.host, "--port", str(self.port)]
        self._server = RunningServer(command, cwd=self._cwd, env=self._env)

    def wait_until_ready(self) -> None:
        assert self._server is not None
        self._server.output.wait_for(UI_READY, timeout=START_SECONDS)

    def terminate(self) -> int:
        """SIGTERM, as a rollout sends it; the exit code."""
        assert self._server is not None
        self._server.signal(signal.SIGTERM)
        return self._server.wait(timeout=60)

    def stop(self) -> None:
        if self._server is not None:
            if self._server.process.poll() is None:
                self._server.signal(signal.SIGINT)  # which does not wait
            self._server.stop()


class Cluster:
    """Replicas, and the balancer in front of them."""

    def __init__(self, base_url: str, admin: Path, replicas: list[Replica]) -> None:
        self.base_url = base_url
        self.ws_url = "ws" + base_url.removeprefix("http")
        self.replicas = replicas
        self._admin = admin

    def _ask(self, command: str) -> str:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(str(self._admin))
            connection.sendall(f"{command}\n".encode())
            return connection.makefile().read().strip()

    def set_state(self, replica: Replica, state: str) -> None:
        said = self._ask(f"set server fluxlit/{replica.name} state {state}")
        assert not said, said

    def wait_until_up(self, replica: Replica) -> None:
        """Until HAProxy has seen that the replica is ready. It tells nobody by itself."""

        def is_up() -> bool:
            rows = [line.split(",") for line in self._ask("show stat").splitlines()]
            status = rows[0].index("status")
            return any(row[1] == replica.name and row[status].startswith("UP") for row in rows[1:] if len(row) > status)

        wait_until(is_up, threading.Event().wait)

    def client(self, address: str = "127.0.0.1") -> httpx2.Client:
        """A client that comes from `address`."""
        transport = httpx2.HTTPTransport(local_address=address)
        return httpx2.Client(base_url=self.base_url, transport=transport, timeout=60, trust_env=False)


def wait_until(condition: Callable[[], bool], pause: Callable[[float], object]) -> None:
    """For what can only be asked for, again and again."""
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        pause(0.05)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed here: scripts/install-system-packages.sh")
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        path = Path(folder) / "s"
        command = ["redis-server", "--port", "0", "--unixsocket", str(path), "--dir", folder, "--save", ""]
        with process(command) as (_, output):
            output.wait_for("eady to accept connections", timeout=START_SECONDS)
            yield f"unix://{path}"


@contextlib.contextmanager
def process(command: list[str]) -> Generator[tuple[subprocess.Popen[str], ProcessOutput]]:
    running = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ
    )
    assert running.stdout is not None
    output = ProcessOutput(running.stdout)
    try:
        yield running, output
    finally:
        running.terminate()
        try:
            running.wait(5)
        except subprocess.TimeoutExpired:  # HAProxy waits for open connections
            running.kill()
            running.wait(30)
        output.join(timeout=30)


@contextlib.contextmanager
def reserved_port(host: str = "127.0.0.1") -> Generator[int]:
    """A port that nobody else is given while the block runs; a server that reuses addresses can listen on it."""
    with socket.socket() as keeper:
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        keeper.bind((host, 0))
        yield keeper.getsockname()[1]


@contextlib.contextmanager
def running_replicas(count: int, env: Mapping[str, str], *, cwd: Path = APPLICATION) -> Generator[list[Replica]]:
    """That many replicas of the application in `cwd`, ready."""
    if shutil.which("haproxy") is None:
        pytest.skip("haproxy is not installed here: scripts/install-system-packages.sh")
    with contextlib.ExitStack() as stack:
        replicas: list[Replica] = []
        for number, name in enumerate(NAMES[:count]):
            port = stack.enter_context(reserved_port(f"127.0.0.1{number + 1}"))
            runtime = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"{name}-")))
            replicas.append(Replica(name, port, cwd=cwd, runtime=runtime, env=env))
            stack.callback(replicas[-1].stop)
            replicas[-1].start()
        for replica in replicas:
            replica.wait_until_ready()
        yield replicas


@contextlib.contextmanager
def balanced(replicas: list[Replica], *, sticky: bool, port: int, retries: bool = True) -> Generator[Cluster]:
    """HAProxy on `port`, as in the example, or without trying anything twice."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="haproxy-")))
        configuration = folder / "haproxy.cfg"
        text = adapted(folder, port, replicas, sticky=sticky)
        if not retries:
            assert all(each in text for each in RETRIES), "the example tries things twice in another way"
            text = "\n".join(line for line in text.splitlines() if not line.strip().startswith(RETRIES))
            text = text.replace("defaults\n", "defaults\n    retries 0\n")
        configuration.write_text(text + "\n")
        running, output = stack.enter_context(process(["haproxy", "-db", "-f", str(configuration)]))
        cluster = Cluster(f"http://127.0.0.1:{port}", folder / "admin.sock", replicas)

        def answers() -> bool:
            assert running.poll() is None, output.text
            # The socket for administration gets its name last of all.
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return (folder / "admin.sock").exists()
            return False

        wait_until(answers, threading.Event().wait)
        for replica in replicas:
            cluster.wait_until_up(replica)
        yield cluster


def adapted(folder: Path, port: int, replicas: list[Replica], *, sticky: bool) -> str:
    lines: list[str] = []
    for line in EXAMPLE.read_text("utf-8").splitlines():
        words = line.split()
        if words[:1] == ["server"] and words[1] not in {replica.name for replica in replicas}:
            continue
        if words[:1] == ["cookie"] and not sticky:
            continue
        lines.append(line if sticky or words[:1] != ["server"] else line.partition(" cookie ")[0])
    text = "\n".join(lines) + "\n"
    replaced = {"maxconn 10000": "maxconn 500", "/run/haproxy": str(folder), "bind :80": f"bind 127.0.0.1:{port}"}
    if not sticky:
        replaced["balance leastconn"] = "balance roundrobin"
    replaced |= {f"127.0.0.1:{8001 + NAMES.index(each.name)}": f"{each.host}:{each.port}" for each in replicas}
    for old, new in replaced.items():
        assert old in text, f"the example does not say {old!r}"
        text = text.replace(old, new)
    return text


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A Chromium of the test's own; a test without one is skipped."""
    with contextlib.ExitStack() as stack:
        try:
            yield stack.enter_context(open_browser())
        except BrowserMissingError as error:
            pytest.skip(str(error))


@pytest.fixture(scope="session")
def machines(redis_url: str) -> Iterator[list[Replica]]:
    """Three replicas, for whichever balancer."""
    with running_replicas(3, {"FLUXLIT_SESSION_STORE": redis_url}) as replicas:
        yield replicas


@pytest.fixture(scope="module")
def sticky(machines: list[Replica]) -> Iterator[Cluster]:
    """Three replicas; a browser stays with one."""
    with reserved_port() as port, balanced(machines, sticky=True, port=port) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def sticky_pair(machines: list[Replica]) -> Iterator[Cluster]:
    """Two of them."""
    with reserved_port() as port, balanced(machines[:2], sticky=True, port=port) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def loose(machines: list[Replica]) -> Iterator[Cluster]:
    """Three replicas that take turns, whoever asks."""
    with reserved_port() as port, balanced(machines, sticky=False, port=port) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def strict(machines: list[Replica]) -> Iterator[Cluster]:
    """Three replicas that take turns; what one of them refuses is refused."""
    with reserved_port() as port, balanced(machines, sticky=False, port=port, retries=False) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def loose_pair(machines: list[Replica]) -> Iterator[Cluster]:
    """Two replicas that take turns."""
    with reserved_port() as port, balanced(machines[:2], sticky=False, port=port) as cluster:
        yield cluster


Cookies: TypeAlias = "Callable[[httpx2.Client], dict[str, str]]"


@pytest.fixture
def cookies() -> Cookies:
    """Gives the cookies of a first visit, as headers of a tab."""

    def visit(http: httpx2.Client) -> dict[str, str]:
        http.get("/", headers={"accept": "text/html"})
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in http.cookies.items())}

    return visit


@dataclass(frozen=True)
class UrlSession:
    """What a page load in a tab of its own shows of a URL session."""

    visits: int
    replica: str
    query: str


UrlVisit: TypeAlias = "Callable[..., UrlSession]"


@pytest.fixture
def url_visit() -> UrlVisit:
    """Loads the page with a query, or without one for a new session."""

    def visit(cluster: Cluster, query: str = "") -> UrlSession:
        with StreamlitSession(cluster.ws_url) as tab:
            run = tab.run(query=query)
        shown = dict(text.split(": ") for text in run.texts if ": " in text)
        assert {"visits", "replica"} <= shown.keys(), run.texts
        told = [message.page_info_changed.query_string for message in run.messages]
        query = query or next(each for each in told if "fluxlit_sid" in each)
        return UrlSession(visits=int(shown["visits"]), replica=shown["replica"], query=query)

    return visit
