"""Every package is installable alone: its wheel, in an empty environment, outside the workspace."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Package

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="session")
def uv() -> str:
    """The program that built this environment; `make` puts it on the PATH of the tests."""
    found = os.environ.get("UV") or shutil.which("uv")
    if not found:
        pytest.skip("uv is not on the PATH (make test puts it there)")
    return found


def run(*command: str | Path, cwd: Path) -> str:
    # Not this workspace's environment: uv would take it for the one to install into.
    env = {
        key: value
        for key, value in os.environ.items()
        if key not in {"VIRTUAL_ENV", "PYTHONPATH", "COVERAGE_PROCESS_START"}
    }
    result = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=500)
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout


@pytest.fixture(scope="session")
def wheels(uv: str, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of each package; built once for all workers of a run."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "wheels"
    with FileLock(shared / "wheels.lock"):
        if not folder.exists():
            run(uv, "build", "--all-packages", "--wheel", "--quiet", "--out-dir", folder.with_suffix(".new"), cwd=root)
            folder.with_suffix(".new").rename(folder)
    return folder


@pytest.fixture(scope="session")
def pin(root: Path) -> str:
    """The date to which the workspace pins its resolution."""
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["uv"]["exclude-newer"]


@pytest.fixture
def install(uv: str, wheels: Path, pin: str, tmp_path: Path) -> Callable[[str], Path]:
    """Makes a fresh environment with a package and what it needs, and gives its Python."""

    def into_an_empty_environment(distribution: str) -> Path:
        wheel = next(wheels.glob(f"{distribution.replace('-', '_')}-[0-9]*.whl"))
        run(uv, "venv", "--quiet", "--python", sys.executable, "empty", cwd=tmp_path)
        python = tmp_path / "empty" / "bin" / "python"
        options = ("--no-config", "--find-links", str(wheels), "--exclude-newer", pin)
        run(uv, "pip", "install", "--quiet", "--python", python, *options, wheel, cwd=tmp_path)
        return python

    return into_an_empty_environment


def test_each_wheel_installs_and_imports_alone(
    install: Callable[[str], Path], package: Package, tmp_path: Path
) -> None:
    python = install(package.distribution)

    run(python, "-W", "error", "-c", f"import {package.import_name}", cwd=tmp_path)


def test_the_client_brings_its_http_library_and_pydantic_and_nothing_of_ours(
    uv: str, install: Callable[[str], Path], tmp_path: Path
) -> None:
    python = install("fluxlit-client")
    listed = json.loads(run(uv, "pip", "list", "--python", python, "--format", "json", cwd=tmp_path))
    names = {each["name"] for each in listed}

    loaded = run(python, "-c", "import sys, fluxlit_client; print(*sys.modules)", cwd=tmp_path).split()

    assert {"httpx2", "pydantic"} <= names
    assert {name for name in names if name.startswith("fluxlit")} == {"fluxlit-client"}
    assert not {"streamlit", "fastapi"} & names
    assert not {"streamlit", "fastapi"} & set(loaded)


ALONE = """
import http.server, threading
from fluxlit_client import ApiClient, ApiStatusError

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/v1/users" else 404)
        self.end_headers()
        self.wfile.write(b'["Ada"]')

    def log_message(self, *args): ...

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = ApiClient(f"http://127.0.0.1:{server.server_port}/v1")
print(client.get("/users").json(), client.get_model("/users", list[str]))
try:
    client.get_model("/nobody", list[str])
except ApiStatusError as error:
    print(error.response.status_code)
server.shutdown()
"""


def test_the_client_works_alone(install: Callable[[str], Path], tmp_path: Path) -> None:
    python = install("fluxlit-client")

    assert run(python, "-c", ALONE, cwd=tmp_path).split() == ["['Ada']", "['Ada']", "404"]


def test_versions_are_the_promised_ones(package: Package) -> None:
    # An installer must never prefer 0.13.2, which exists under that name.
    expected = "0.14.0" if package.distribution == "fluxlit" else "0.1.0"

    assert package.project["version"] == expected
