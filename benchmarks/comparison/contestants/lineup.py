"""The contestants, in the order in which they take turns, and how each is started."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.comparison.contestants.environment import CHECKOUT, installed, python_of
from benchmarks.comparison.contestants.nginx import nginx_configuration
from benchmarks.comparison.contestants.server import API_HELLO, UI_HEALTH, Server, free_port

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOOPBACK = "127.0.0.1"
API = "api"
UI = "ui"
_FASTAPI = f"fastapi=={installed('fastapi')}"
_PEER = (_FASTAPI, "uvicorn[standard]", "streamlit", "requests")


@dataclass(frozen=True, kw_only=True)
class Contestant:
    """One way to serve the same routes and pages.

    Attributes:
        name: Short, in figures and on the command line.
        title: In the table.
        serves: `API`, `UI` or both.
        environment: Name of the virtual environment; several may share one.
        requirements: What it holds.
        recipe: Spawns its processes with that environment's Python.
    """

    name: str
    title: str
    serves: frozenset[str]
    environment: str
    requirements: tuple[str, ...]
    recipe: Callable[[Server, Path], None]

    def prepare(self) -> Path:
        """Make its environment if need be; the Python in it."""
        return python_of(self.environment, self.requirements)

    def start(self, **env: str) -> Server:
        """Start it, with these variables, and wait until it answers."""
        python = self.prepare()
        paths = [path for what, path in ((API, API_HELLO), (UI, UI_HEALTH)) if what in self.serves]
        server = Server(self.name, paths, env)
        try:
            self.recipe(server, python)
            server.wait_until_ready()
        except BaseException:
            server.stop()
            raise
        return server


def _uvicorn(python: Path, target: str, port: int) -> tuple[str | Path, ...]:
    flags = ("--host", LOOPBACK, "--port", str(port), "--log-level", "warning", "--no-access-log")
    return (python, "-m", "uvicorn", target, *flags)


def _streamlit(python: Path, port: int) -> tuple[str | Path, ...]:
    flags = ("--server.address", LOOPBACK, "--server.port", str(port), "--server.headless", "true")
    # The limit of an upload is raised for everyone: a file of 1 GiB is part of the work.
    return (python, "-m", "streamlit", "run", "dashboard.py", *flags, "--server.maxUploadSize", "2000")


def _alone(server: Server, python: Path) -> None:
    port = free_port()
    server.base_url = f"http://{LOOPBACK}:{port}"
    server.spawn(*_uvicorn(python, "alone:app", port))


def _streamlit_run(server: Server, python: Path) -> None:
    api, port = free_port(), free_port()
    server.base_url = f"http://{LOOPBACK}:{port}"
    server.spawn(*_uvicorn(python, "alone:app", api), companion=True)
    server.spawn(*_streamlit(python, port), env={"BENCH_API": f"http://{LOOPBACK}:{api}/api"})


def _mounted(workers: int) -> Callable[[Server, Path], None]:
    def recipe(server: Server, python: Path) -> None:
        port = free_port()
        server.base_url = f"http://{LOOPBACK}:{port}"
        env = {"BENCH_API": f"{server.base_url}/api", "STREAMLIT_SERVER_MAX_UPLOAD_SIZE": "2000"}
        server.spawn(*_uvicorn(python, "mounted:app", port), "--workers", str(workers), env=env)

    return recipe


def _nginx(server: Server, python: Path) -> None:
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if program is None:
        raise FileNotFoundError("nginx is not installed: scripts/install-system-packages.sh brings it")
    api, ui, port = free_port(), free_port(), free_port()
    server.base_url = f"http://{LOOPBACK}:{port}"
    configuration = server.folder / "nginx.conf"
    configuration.write_text(nginx_configuration(server.folder, port=port, api=api, ui=ui), "utf-8")
    server.spawn(*_uvicorn(python, "alone:app", api))
    server.spawn(*_streamlit(python, ui), env={"BENCH_API": f"http://{LOOPBACK}:{api}/api"})
    server.spawn(program, "-e", "stderr", "-p", server.folder, "-c", configuration)


def _fluxlit(*flags: str, **env: str) -> Callable[[Server, Path], None]:
    def recipe(server: Server, python: Path) -> None:
        port = free_port()
        server.base_url = f"http://{LOOPBACK}:{port}"
        command = ("-m", "fluxlit", "run", "with_fluxlit:app", "--host", LOOPBACK, "--port", str(port))
        limit = {"FLUXLIT_STREAMLIT_RUN_CLI_ARGS": '["--server.maxUploadSize", "2000"]'}
        server.spawn(python, *command, "--log-level", "warning", *flags, env={**limit, **env})

    return recipe


def _ours(name: str, title: str, recipe: Callable[[Server, Path], None]) -> Contestant:
    return Contestant(
        name=name,
        title=title,
        serves=frozenset({API, UI}),
        environment="fluxlit",
        # The last one is for the variant with metrics, which shall differ in nothing else.
        requirements=(CHECKOUT, _FASTAPI, "uvicorn[standard]", "streamlit", "prometheus-client"),
        recipe=recipe,
    )


def _peer(name: str, title: str, *, serves: frozenset[str], recipe: Callable[[Server, Path], None]) -> Contestant:
    requirements = (_FASTAPI, "uvicorn[standard]") if UI not in serves else _PEER
    return Contestant(
        name=name,
        title=title,
        serves=serves,
        environment=name.partition("-workers")[0],
        requirements=requirements,
        recipe=recipe,
    )


BOTH = frozenset({API, UI})
CONTESTANTS = (
    _peer("fastapi", "FastAPI alone (uvicorn)", serves=frozenset({API}), recipe=_alone),
    _peer("streamlit-run", "streamlit run", serves=frozenset({UI}), recipe=_streamlit_run),
    _peer("mounted", "streamlit.starlette.App mounted in FastAPI", serves=BOTH, recipe=_mounted(1)),
    _peer("mounted-workers-4", "the same mount, 4 uvicorn workers", serves=BOTH, recipe=_mounted(4)),
    _peer("nginx", "nginx, uvicorn, streamlit run", serves=BOTH, recipe=_nginx),
    Contestant(
        name="fluxlit-0.13.2",
        title="fluxlit 0.13.2",
        serves=BOTH,
        environment="fluxlit-0.13.2",
        requirements=("fluxlit==0.13.2", "uvicorn[standard]", "streamlit"),
        recipe=_fluxlit(),
    ),
    _ours("fluxlit-1", "FluxLit, 1 sidecar", _fluxlit("--sidecars", "1")),
    _ours("fluxlit-2", "FluxLit, 2 sidecars", _fluxlit("--sidecars", "2")),
    _ours("fluxlit-4", "FluxLit, 4 sidecars", _fluxlit("--sidecars", "4")),
    _ours("fluxlit-native", "FluxLit, native", _fluxlit(FLUXLIT_RUNTIME="native")),
)
_WATCHING = {
    "FLUXLIT_ENABLE_GATEWAY_ACCESS_LOG": "1",
    "FLUXLIT_ENABLE_GATEWAY_PROMETHEUS_METRICS": "1",
    "FLUXLIT_LOG_FORMAT": "json",
}
VARIANTS = (
    _ours(
        "fluxlit-1-observed",
        "FluxLit, 1 sidecar, access log and metrics on",
        _fluxlit("--sidecars", "1", "--log-level", "info", **_WATCHING),
    ),
)
"""Held only against the contestant that they are a variant of, for a target; they have no column in the table."""
BY_NAME = {contestant.name: contestant for contestant in (*CONTESTANTS, *VARIANTS)}
