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
    env = {key: value for key, value in os.environ.items() if key not in {"VIRTUAL_ENV", "PYTHONPATH", "COVERAGE_PROCESS_START"}}
    result = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=500)
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout


@pytest.fixture(scope="session")
def wheels(uv: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of each package; built once for all workers of a run."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "wheels"
    with FileLock(shared / "wheels.lock"):
        if not folder.exists():
            run(uv, "build", "--all-packages", "--wheel", "--quiet", "--out-dir", folder.with_suffix(".new"), cwd=root_of())
            folder.with_suffix(".new").rename(folder)
    return folder


def root_of() -> Path:
    from conftest import ROOT

    return ROOT


def install(uv: str, wheels: Path, requirement: str, into: Path) -> Path:
    """A fresh environment with `requirement` and what it needs; its Python."""
    pin = tomllib.loads((root_of() / "pyproject.toml").read_text("utf-8"))["tool"]["uv"]["exclude-newer"]
    run(uv, "venv", "--quiet", "--python", sys.executable, into, cwd=into.parent)
    python = into / "bin" / "python"
    run(
        uv, "pip", "install", "--quiet", "--no-config", "--python", python, "--find-links", wheels,
        "--exclude-newer", pin, "--exclude-newer-package", "fluxlit=2030-01-01", requirement,
        cwd=into.parent,
    )  # fmt: skip
    return python


def test_each_wheel_installs_and_imports_alone(uv: str, wheels: Path, package: Package, tmp_path: Path) -> None:
    wheel = next(wheels.glob(f"{package.import_name}-{package.project['version']}-*.whl"))

    python = install(uv, wheels, str(wheel), tmp_path / "empty")

    run(python, "-W", "error::DeprecationWarning:fluxlit", "-c", f"import {package.import_name}", cwd=tmp_path)


def test_the_client_brings_its_http_library_and_pydantic_and_nothing_of_ours(
    uv: str, wheels: Path, tmp_path: Path
) -> None:
    python = install(uv, wheels, str(next(wheels.glob("fluxlit_client-*.whl"))), tmp_path / "empty")
    listed = json.loads(run(uv, "pip", "list", "--python", python, "--format", "json", cwd=tmp_path))
    names = {each["name"] for each in listed}

    loaded = run(python, "-c", "import sys, fluxlit_client; print(*sys.modules)", cwd=tmp_path).split()

    assert {"httpx2", "pydantic"} <= names
    assert {name for name in names if name.startswith("fluxlit")} == {"fluxlit-client"}
    assert not {"streamlit", "fastapi"} & names
    assert not {"streamlit", "fastapi"} & set(loaded)


def test_versions_are_the_promised_ones(package: Package) -> None:
    # An installer must never prefer 0.13.2, which exists under that name.
    expected = "0.14.0" if package.distribution == "fluxlit" else "0.1.0"

    assert package.project["version"] == expected
