"""A real Chromium, and real uvicorn servers in threads of the test process."""

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

_CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_STOP_SECONDS = 60
_STREAMLIT_CHILD = Path(__file__).with_name("streamlit_child.py")
_EXPECT_MILLISECONDS = 60_000

expect.set_options(timeout=_EXPECT_MILLISECONDS)


# No longer than one module: Playwright keeps an event loop running, beside which no asynchronous test can run its own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(_CHROMIUM_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(_EXPECT_MILLISECONDS)
    yield page
    context.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Any], str]]:
    """Serve an ASGI application until the test ends; gives its address."""
    stops: list[Callable[[], None]] = []

    def start(app: Any) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1))
        # The socket listens already, so that no request comes too early.
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()

        def stop() -> None:
            server.should_exit = True
            thread.join(_STOP_SECONDS)
            listener.close()

        stops.append(stop)
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for stop in stops:
        stop()


class StartStreamlit(Protocol):
    def __call__(self, source: str, *, policy: str = "", cache: str = "") -> str: ...


@pytest.fixture
def streamlit(tmp_path: Path) -> Iterator[StartStreamlit]:
    """Start a real Streamlit with a page of this source, behind parts of the gateway; gives its address."""
    children: list[subprocess.Popen[str]] = []

    def start(source: str, *, policy: str = "", cache: str = "") -> str:
        script = tmp_path / "page.py"
        script.write_text(source, encoding="utf-8")
        command = [sys.executable, str(_STREAMLIT_CHILD), str(script), policy, cache]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        children.append(child)
        assert child.stdout is not None
        return child.stdout.readline().strip()

    yield start
    for child in children:
        child.communicate(timeout=_STOP_SECONDS)
