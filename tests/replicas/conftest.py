"""Replicas of one application on Unix sockets, with one Redis, behind a real HAProxy."""

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
from pathlib import Path
from typing import TYPE_CHECKING, Self

import httpx2
import pytest

from fluxlit_testing.process_output import ProcessOutput
from fluxlit_testing.running_server import UI_READY, RunningServer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "proxies" / "haproxy" / "replicas.cfg"
START_SECONDS = 120.0
NAMES = ("one", "two", "three")
APP = """
import os
import time

from fastapi import HTTPException

from fluxlit import FluxLit, Session, SessionStore, ensure_url_session, hydrate_url_session, persist_url_session
from fluxlit_auth import SharedOIDCBFFTokenStore

app = FluxLit(title="Replicated")
REPLICA = os.environ["REPLICA"]
store = app.session_store
codes = SharedOIDCBFFTokenStore(store)


app.limit("12/day", by="ip", paths=["/api/limited"])


@app.api.get("/limited")
def limited() -> str:
    return REPLICA


@app.api.get("/replica")
def replica() -> str:
    return REPLICA


@app.api.post("/orders/{number}", status_code=201)
def order(number: str) -> str:
    if store.compare_and_set(f"order-{number}", {"by": REPLICA}, expected=None) is None:
        raise HTTPException(409, "this order was given before")
    return REPLICA


@app.api.get("/orders/{number}")
def given(number: str) -> dict[str, str] | None:
    return store.get(f"order-{number}")


@app.api.post("/codes/{code}")
async def issue(code: str) -> None:
    codes.save_exchange_token(code, f"token of {code}", now=time.monotonic())


@app.api.post("/codes/{code}/redeem")
def redeem(code: str) -> dict[str, str | None]:
    return {"token": codes.pop_exchange_token(code, now=time.monotonic()), "replica": REPLICA}


@app.page("/")
def home(st, store: SessionStore):
    ensure_url_session(st, store)
    hydrate_url_session(st, store)
    visits = st.session_state.visits = st.session_state.get("visits", 0) + 1
    persist_url_session(st, store)
    st.text(f"visits: {visits}")
    st.text(f"replica: {REPLICA}")


@app.page("/visits")
def counted(st, session: Session):
    session["visits"] = session.get("visits", 0) + 1
    st.text(f"visits: {session['visits']}")
    st.text(f"replica: {REPLICA}")


@app.page("/kept")
def kept(st, session: Session):
    session["visits"] = session.get("visits", 0) + 1
    st.text(f"visits: {session['visits']}")
    st.text(f"replica: {REPLICA}")
"""


class Replica:
    """One replica: the same socket before and after a restart."""

    def __init__(self, name: str, folder: Path, redis: str) -> None:
        self.name = name
        self.socket = folder / f"{name}.sock"
        self._folder = folder
        self._redis = redis
        self._server: RunningServer | None = None

    def start(self) -> None:
        """Begin; `wait_until_ready` tells the end of it."""
        runtime = self._folder / f"r{self.name}"
        runtime.mkdir(exist_ok=True)
        env = {
            "REPLICA": self.name,
            "FLUXLIT_SESSION_STORE": self._redis,
            "FLUXLIT_TRUST_PROXY": "1",
            "FLUXLIT_FORWARDED_ALLOW_IPS": "unix",
            "FLUXLIT_NO_PIDFILE": "1",
            "XDG_RUNTIME_DIR": str(runtime),
        }
        command = [sys.executable, "-m", "fluxlit", "run", "app:app", "--uds", str(self.socket)]
        self._server = RunningServer(command, cwd=self._folder, env=env)

    def wait_until_ready(self) -> None:
        assert self._server is not None
        self._server.output.wait_for(UI_READY, timeout=START_SECONDS)

    def terminate(self) -> int:
        """SIGTERM, as a rollout sends it; the exit code."""
        assert self._server is not None
        self._server.signal(signal.SIGTERM)
        return self._server.wait(timeout=30)

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()


class Cluster:
    """Replicas, and the balancer in front of them."""

    def __init__(self, base_url: str, admin: Path, replicas: list[Replica]) -> None:
        self.base_url = base_url
        self.ws_url = "ws" + base_url.removeprefix("http")
        self.replicas = replicas
        self._admin = admin

    def set_state(self, replica: Replica, state: str) -> None:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(str(self._admin))
            connection.sendall(f"set server fluxlit/{replica.name} state {state}\n".encode())
            said = connection.makefile().read().strip()
        assert not said, said

    def client(self) -> httpx2.Client:
        return httpx2.Client(base_url=self.base_url, timeout=60, trust_env=False)


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
def cluster_of(count: int, redis: str, *, sticky: bool) -> Generator[Cluster]:
    if shutil.which("haproxy") is None:
        pytest.skip("haproxy is not installed here: scripts/install-system-packages.sh")
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rep-")))
        (folder / "app.py").write_text(APP)
        replicas = [Replica(name, folder, redis) for name in NAMES[:count]]
        for replica in replicas:
            stack.callback(replica.stop)
            replica.start()
        for replica in replicas:
            replica.wait_until_ready()
        keeper = stack.enter_context(socket.socket())
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        keeper.bind(("127.0.0.1", 0))
        port = keeper.getsockname()[1]
        configuration = folder / "haproxy.cfg"
        configuration.write_text(adapted(folder, port, replicas, sticky=sticky))
        running, output = stack.enter_context(process(["haproxy", "-db", "-f", str(configuration)]))
        cluster = Cluster(f"http://127.0.0.1:{port}", folder / "admin.sock", replicas)
        wait_until_it_answers(cluster, running, output)
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
    replaced |= {f"127.0.0.1:{8001 + NAMES.index(each.name)}": f"unix@{each.socket}" for each in replicas}
    for old, new in replaced.items():
        assert old in text, f"the example does not say {old!r}"
        text = text.replace(old, new)
    return text


def wait_until_it_answers(cluster: Cluster, running: subprocess.Popen[str], output: ProcessOutput) -> None:
    """HAProxy does not say when it listens; its port is asked until it ends or the time is over."""
    deadline = time.monotonic() + START_SECONDS
    with cluster.client() as http:
        while True:
            with contextlib.suppress(httpx2.TransportError):
                if http.get("/api/healthz").status_code == 200:
                    return
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(0.05)
            assert running.poll() is None, output.text
            assert time.monotonic() < deadline, output.text


@pytest.fixture(scope="module")
def sticky(redis_url: str) -> Iterator[Cluster]:
    """Three replicas; a browser stays with one."""
    with cluster_of(3, redis_url, sticky=True) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def loose(redis_url: str) -> Iterator[Cluster]:
    """Two replicas that take turns, whoever asks."""
    with cluster_of(2, redis_url, sticky=False) as cluster:
        yield cluster


class Load:
    """Programs that call the API all the time; each order has a number of its own."""

    def __init__(self, cluster: Cluster, callers: int) -> None:
        self.orders: list[str] = []
        self.failures: list[str] = []
        self._cluster = cluster
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._call, args=(number,)) for number in range(callers)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(120)

    def _call(self, caller: int) -> None:
        with self._cluster.client() as http:
            turn = 0
            # A breath between two calls: the replicas share this machine's cores with those that start.
            while not self._over.wait(0.03):
                turn += 1
                number = f"{id(self)}-{caller}-{turn}"
                for method, path, expected in (("POST", f"/api/orders/{number}", 201), ("GET", "/api/replica", 200)):
                    try:
                        answer = http.request(method, path)
                    except httpx2.TransportError as error:
                        self.failures.append(f"{method} {path}: {error!r}")
                    else:
                        if answer.status_code != expected:
                            self.failures.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
                        elif method == "POST":
                            self.orders.append(number)


@pytest.fixture
def load() -> Callable[..., Load]:
    return Load
