"""Whole stacks, each in processes of its own, and a browser to look at them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fluxlit_testing.browser import open_browser
from fluxlit_testing.errors import BrowserMissingError
from fluxlit_testing.running_server import RunningServer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from playwright.sync_api import Page

FAILED = pytest.StashKey[bool]()
QUICKSTART = Path(__file__).resolve().parents[1] / "examples" / "quickstart"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def runtime_base() -> Iterator[Path]:
    """Where a server of this test makes its private folder; empty again at the end."""
    # A Unix socket's path holds about 100 bytes; pytest's own folders can be longer than that.
    with tempfile.TemporaryDirectory(prefix="run-") as name:
        folder = Path(name)
        yield folder
        left = [each.name for each in folder.iterdir()]
        assert not left, f"left in the runtime folder: {left}"


@pytest.fixture
def start_server(runtime_base: Path) -> Iterator[Callable[..., RunningServer]]:
    """Starts servers in the quick start's folder (or another), and stops them all at the end."""
    with contextlib.ExitStack() as stack:

        def start(
            target: str = "app:app",
            *,
            cwd: Path = QUICKSTART,
            command: Sequence[str] = ("-m", "fluxlit", "run"),
            arguments: Sequence[str] = ("--port", "0"),
            env: dict[str, str] | None = None,
            ui: bool = True,
        ) -> RunningServer:
            return stack.enter_context(
                RunningServer.start(
                    target,
                    cwd=cwd,
                    command=command,
                    arguments=arguments,
                    env={"XDG_RUNTIME_DIR": str(runtime_base), "FLUXLIT_NO_PIDFILE": "1", **(env or {})},
                    ui=ui,
                )
            )

        yield start


@pytest.fixture
def fluxlit() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command to its end."""

    def run(*arguments: str, cwd: Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "fluxlit", *arguments],
            cwd=cwd,
            env={**os.environ, "FLUXLIT_NO_PIDFILE": "1", **(env or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture
def browser_page(request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh tab; when the test fails, `test-artifacts/` keeps a screenshot of it.

    The browser is this test's alone: Playwright's blocking API keeps an event loop running on the thread until it is
    stopped, and asynchronous tests of the same worker could not run beside it.
    """
    with contextlib.ExitStack() as stack:
        try:
            browser = stack.enter_context(open_browser())
        except BrowserMissingError as error:
            pytest.skip(str(error))
        page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        yield page
        if request.node.stash.get(FAILED, False):
            folder = request.config.rootpath / "test-artifacts"
            folder.mkdir(exist_ok=True)
            page.screenshot(path=folder / f"{request.node.name}.png", full_page=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Leave word of a failure for the fixtures that end after it."""
    report = yield
    if report.when == "call" and report.failed:
        item.stash[FAILED] = True
    return report
