"""Real stores for the tests: files in temporary folders, and a redis-server of our own on a Unix socket."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from fluxlit_sessions import AtomicSessionStore, DeferredSessionStore, SessionEncryption, open_store

_REDIS_SERVER = shutil.which("redis-server")
_START_LIMIT_SECONDS = 60.0
_STOP_LIMIT_SECONDS = 30.0

OpenAgain = Callable[[], AtomicSessionStore]


class RedisServer:
    """One redis-server that writes every acknowledged command to disk before it answers."""

    def __init__(self, folder: Path, *arguments: str, port: int = 0) -> None:
        self.folder = folder
        self.port = port
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self._arguments = arguments
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        assert _REDIS_SERVER is not None
        options = ["--unixsocket", str(self.socket), "--dir", str(self.folder), "--save", "", "--bind", "127.0.0.1"]
        if "--tls-port" not in self._arguments:
            options += ["--port", str(self.port)]
        durable = ["--appendonly", "yes", "--appendfsync", "always"]
        process = subprocess.Popen(
            [_REDIS_SERVER, *options, *durable, *self._arguments], stdout=subprocess.PIPE, text=True
        )
        self._process = process
        watchdog = threading.Timer(_START_LIMIT_SECONDS, process.kill)
        watchdog.start()
        assert process.stdout is not None
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if "eady to accept connections" in line:
                watchdog.cancel()
                return
        watchdog.cancel()
        self.kill()
        raise RuntimeError("redis-server did not start:\n" + "".join(said))

    def kill(self) -> None:
        """SIGKILL: no chance to write anything."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(number)
        process.communicate(timeout=_STOP_LIMIT_SECONDS)


def started_on_a_free_port(folder: str, arguments: tuple[str, ...]) -> RedisServer:
    """redis-server cannot bind port 0: take a port that was free a moment ago, and another if it no longer is."""
    for _ in range(10):
        with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
            port, bus = first.getsockname()[1], second.getsockname()[1]
        filled = [argument.format(port=port, bus=bus) for argument in arguments]
        server = RedisServer(Path(folder), *filled, port=port)
        with contextlib.suppress(RuntimeError):
            server.start()
            return server
    raise RuntimeError("redis-server found no free port in ten attempts")


@contextlib.contextmanager
def running_redis(*arguments: str, needs_port: bool = False) -> Generator[RedisServer]:
    if _REDIS_SERVER is None:
        pytest.skip("redis-server is not installed: make system-packages")
    # A Unix socket's path has at most 107 bytes: pytest's own folders can be longer.
    with tempfile.TemporaryDirectory(prefix="fluxlit-redis-") as folder:
        server = started_on_a_free_port(folder, arguments) if needs_port else RedisServer(Path(folder), *arguments)
        if not needs_port:
            server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """One server for all tests that leave it running."""
    with running_redis() as server:
        yield server


@pytest.fixture
def own_redis_server() -> Iterator[RedisServer]:
    """A server for one test that may kill it."""
    with running_redis() as server:
        yield server


@pytest.fixture
def redis_server_with() -> Iterator[Callable[..., RedisServer]]:
    """Starts servers that also listen on a port, with further arguments that may name `{port}` and `{bus}`."""
    with contextlib.ExitStack() as stack:
        yield lambda *arguments: stack.enter_context(running_redis(*arguments, needs_port=True))


@pytest.fixture(scope="session")
def encryption() -> SessionEncryption:
    return SessionEncryption([SessionEncryption.generate_key()])


@pytest.fixture(params=["sqlite", "redis"])
def shared_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store that several processes can open."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'sessions.db'}"
    server = request.getfixturevalue("redis_server")
    assert isinstance(server, RedisServer)
    return f"{server.url}?prefix=test-{uuid.uuid4().hex}:"


@pytest.fixture(params=["memory", "sqlite", "sqlite-encrypted", "redis", "redis-encrypted", "sqlite-deferred"])
def open_again(request: pytest.FixtureRequest, tmp_path: Path, encryption: SessionEncryption) -> Iterator[OpenAgain]:
    """Opens the same store once more (the one in memory is a new one); all are closed at the end."""
    kind, _, variant = str(request.param).partition("-")
    url = "memory://"
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path / 'sessions.db'}"
    elif kind == "redis":
        server = request.getfixturevalue("redis_server")
        assert isinstance(server, RedisServer)
        url = f"{server.url}?prefix=test-{uuid.uuid4().hex}:"
    with contextlib.ExitStack() as stack:

        def open_it() -> AtomicSessionStore:
            store: AtomicSessionStore
            if variant == "deferred":
                store = DeferredSessionStore(lambda: open_store(url))
            else:
                store = open_store(url, encryption=encryption if variant else None)
            stack.callback(store.close)
            return store

        yield open_it


@pytest.fixture
def store(open_again: OpenAgain) -> AtomicSessionStore:
    """Each kind of store, empty."""
    return open_again()


@pytest.fixture
def start_worker() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts `store_worker.py` in a process of its own; what still runs at the end is killed."""
    script = Path(__file__).with_name("store_worker.py")
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(script), *arguments]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=_STOP_LIMIT_SECONDS)
