"""Whole stacks, each in processes of its own, and a browser to look at them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fluxlit_testing.plugin.browser_pages import browser_page_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from fluxlit_testing.running_server import RunningServer

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
def start_server(
    runtime_base: Path, fluxlit_start_server: Callable[..., RunningServer]
) -> Callable[..., RunningServer]:
    """Starts servers in the quick start's folder (or another), and stops them all at the end."""

    def start(
        target: str = "app:app", *, cwd: Path = QUICKSTART, env: dict[str, str] | None = None, **options: Any
    ) -> RunningServer:
        environment = {"XDG_RUNTIME_DIR": str(runtime_base), **(env or {})}
        return fluxlit_start_server(target, cwd=cwd, env=environment, **options)

    return start


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
    """A fresh tab; when the test fails, `test-artifacts/` keeps a screenshot of it."""
    with browser_page_for(request) as page:
        yield page
