"""The example `examples/sessions` in real browsers, on every store."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from fluxlit_testing.process_output import ProcessOutput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from fluxlit_testing.running_server import RunningServer

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sessions"
SECONDS = 60.0


class Redis:
    """A redis-server of the test's own, which writes everything down before it answers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self._output: ProcessOutput | None = None
        self.url = f"unix://{folder / 's'}?timeout_seconds=2"

    def start(self) -> None:
        command = ["redis-server", "--port", "0", "--unixsocket", str(self._folder / "s"), "--dir", str(self._folder)]
        self._process = subprocess.Popen(
            [*command, "--appendonly", "yes", "--appendfsync", "always"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout is not None
        self._output = ProcessOutput(self._process.stdout)
        self._output.wait_for("eady to accept connections", timeout=SECONDS)

    def kill(self) -> None:
        if self._process is not None and self._output is not None:
            self._process.kill()
            self._process.wait(SECONDS)
            self._output.join(timeout=SECONDS)
            self._process = None


@pytest.fixture
def redis() -> Iterator[Redis]:
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed here: scripts/install-system-packages.sh")
    with tempfile.TemporaryDirectory(prefix="redis-") as folder, contextlib.ExitStack() as stack:
        server = Redis(Path(folder))
        stack.callback(server.kill)
        server.start()
        yield server


@pytest.fixture
def start_shop(start_server: Callable[..., RunningServer]) -> Callable[..., RunningServer]:
    """Starts the example on a store."""

    def start(store: str, **env: str) -> RunningServer:
        return start_server(cwd=EXAMPLE, env={"FLUXLIT_SESSION_STORE": store, **env})

    return start


class Visitor:
    """Somebody in a browser."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(SECONDS * 1000)

    def enter_city(self, city: str) -> None:
        field = self.page.get_by_label("City")
        field.fill(city)
        field.press("Enter")

    def order(self, article: str, *, then: str) -> None:
        self.page.get_by_label("Article").fill(article)
        self.page.get_by_role("button", name="Add", exact=True).click()
        self.sees(f"order: {then}")

    def sees(self, text: str) -> None:
        self.page.get_by_text(text, exact=True).wait_for()

    def has_city(self, city: str) -> None:
        # Streamlit mounts a field before it gives it the value of the session.
        expect(self.page.get_by_label("City")).to_have_value(city, timeout=SECONDS * 1000)

    def process(self) -> int:
        """The sidecar that serves this visitor."""
        found = self.page.get_by_text(re.compile(r"^process: \d+$"))
        return int(found.inner_text().removeprefix("process: "))


@pytest.fixture
def visitor(browser_page: Page) -> Visitor:
    return Visitor(browser_page)
