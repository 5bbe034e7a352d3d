"""A protected application, served once for a module."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2 as httpx
import pytest

from fluxlit_testing.running_server import RunningServer

if TYPE_CHECKING:
    from collections.abc import Iterator

APP = Path(__file__).parent / "app"


@pytest.fixture(scope="session")
def data_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="fl-") as name:
        yield Path(name)


@pytest.fixture(scope="session")
def environment(data_folder: Path) -> dict[str, str]:
    return {
        "XDG_RUNTIME_DIR": str(data_folder),
        "FLUXLIT_NO_PIDFILE": "1",
        "FLUXLIT_SESSION_STORE": f"sqlite:///{data_folder}/sessions.db",
    }


@pytest.fixture(scope="session")
def guarded(environment: dict[str, str]) -> Iterator[RunningServer]:
    with started({**environment, "FLUXLIT_ENABLE_GATEWAY_PROMETHEUS_METRICS": "1"}) as server:
        yield server


@pytest.fixture(scope="module")
def guarded_native(environment: dict[str, str]) -> Iterator[RunningServer]:
    """The same with its pages inside the server's process."""
    with started({**environment, "FLUXLIT_RUNTIME": "native"}) as server:
        yield server


@pytest.fixture(scope="module")
def guarded_over_tcp(environment: dict[str, str]) -> Iterator[RunningServer]:
    """The same as it is where there are no Unix sockets."""
    # With a safe path the sidecar starts with its whole environment, where tests find the secret.
    with started({**environment, "FLUXLIT_INTERNAL_SIDECAR_TRANSPORT": "tcp", "PYTHONSAFEPATH": "1"}) as server:
        yield server


def started(environment: dict[str, str]) -> RunningServer:
    return RunningServer.start("guarded:app", cwd=APP, env=environment)


@pytest.fixture
def anonymous(guarded: RunningServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=guarded.base_url, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def streamlit_routes() -> list[tuple[str, str, list[str]]]:
    """Streamlit's own route table, from a process of its own, as its runtime exists once in a process."""
    everything = {"STREAMLIT_SERVER_ENABLE_STATIC_SERVING": "true", "STREAMLIT_SERVER_SCRIPT_HEALTH_CHECK_ENABLED": "1"}
    done = subprocess.run(
        [sys.executable, "route_table.py"],
        cwd=APP,
        env={**os.environ, **everything},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return [(kind, path, methods) for kind, path, methods in json.loads(done.stdout)]


def basic(name: str, password: str = "right") -> dict[str, str]:
    """The header of RFC 7617."""
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


@pytest.fixture
def as_ada() -> dict[str, str]:
    return basic("ada")


@pytest.fixture
def as_root() -> dict[str, str]:
    return basic("root")
