"""Real servers for the tests: uvicorn in a thread, on a Unix socket or on a TCP port that the kernel chooses."""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
import threading
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
import uvicorn

from fluxlit_client import unix_base_url

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

WAIT_SECONDS = 30.0


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@dataclass(frozen=True)
class RunningApi:
    """Base URLs (without a prefix) of one application that listens on both kinds of socket."""

    tcp: str
    unix: str


class Serve(Protocol):
    def __call__(self, app: Any) -> RunningApi: ...


@contextmanager
def _listening(app: Any, sock: socket.socket) -> Generator[None]:
    config = uvicorn.Config(app, log_level="error", ws="none", timeout_graceful_shutdown=5)
    server = _Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
    thread.start()
    try:
        assert server.ready.wait(WAIT_SECONDS)
        yield
    finally:
        server.should_exit = True
        thread.join(WAIT_SECONDS)
        assert not thread.is_alive()


@contextmanager
def _serving(app: Any) -> Generator[RunningApi]:
    # A socket's path has at most 107 characters, which pytest's own folders may well exceed.
    folder = Path(tempfile.mkdtemp(prefix="fc-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        tcp = stack.enter_context(closing(socket.create_server(("127.0.0.1", 0))))
        unix = stack.enter_context(closing(socket.socket(socket.AF_UNIX)))
        unix.bind(str(folder / "api.sock"))
        unix.listen(128)
        stack.enter_context(_listening(app, tcp))
        stack.enter_context(_listening(app, unix))
        yield RunningApi(f"http://127.0.0.1:{tcp.getsockname()[1]}", unix_base_url(str(folder / "api.sock"), prefix=""))


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    """Serves an application until the module's tests are done."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(_serving(app))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def refused_base_url() -> str:
    """A base URL at which nothing listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def signalled() -> Callable[[threading.Event], bool]:
    """Waits for an event of the server's thread, with a bound."""
    return lambda event: event.wait(WAIT_SECONDS)


@pytest.fixture
def silent_base_url() -> Iterator[str]:
    """A base URL that takes connections and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def closing_base_url() -> Iterator[str]:
    """A base URL that takes connections, reads a request and hangs up without an answer."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def hang_up() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)

        thread = threading.Thread(target=hang_up)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(WAIT_SECONDS)


@pytest.fixture(scope="session", autouse=True)
def _streamlit_cleans_up() -> Iterator[None]:
    # AppTest keeps a folder until the interpreter ends, which then warns that nobody removed it.
    yield
    app_test = sys.modules.get("streamlit.testing.v1.app_test")
    if app_test is not None:
        app_test.TMP_DIR.cleanup()
