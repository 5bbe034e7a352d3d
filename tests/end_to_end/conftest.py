"""The quick start, served once for the tests of a module, and what only end-to-end tests need."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import psutil
import pytest

from fluxlit_testing.running_server import RunningServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

QUICKSTART = Path(__file__).resolve().parents[2] / "examples" / "quickstart"


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The quick start, ready, shared by the tests of a module that only look."""
    folder = tmp_path_factory.mktemp("r")
    env = {"FLUXLIT_NO_PIDFILE": "1", "XDG_RUNTIME_DIR": str(folder)}
    with RunningServer.start(cwd=QUICKSTART, env=env) as server:
        yield server


@pytest.fixture(scope="module")
def http(quickstart: RunningServer) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=quickstart.base_url, timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def children_of() -> Callable[[int], list[psutil.Process]]:
    """The processes that a process has started, and theirs."""
    return lambda pid: psutil.Process(pid).children(recursive=True)
