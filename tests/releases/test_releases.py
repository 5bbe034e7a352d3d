"""What a release consists of: versions, changelogs, archives and the list of components."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = sorted(path.parent for path in (ROOT / "packages").glob("*/pyproject.toml"))
HEADING = re.compile(r"^## (?P<version>\d+\.\d+\.\d+)(?: - (?P<date>\d{4}-\d{2}-\d{2}))?$", re.MULTILINE)


def project(package: Path) -> dict[str, object]:
    return tomllib.loads((package / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_the_newest_entry_of_a_changelog_is_the_version(package: Path) -> None:
    entries = HEADING.findall((package / "CHANGELOG.md").read_text("utf-8"))
    versions = [Version(version) for version, _ in entries]

    assert str(versions[0]) == project(package)["version"]
    assert versions == sorted(set(versions), reverse=True)
    assert all(date for _, date in entries)


def test_the_packages_admit_each_others_versions() -> None:
    versions = {str(project(package)["name"]): str(project(package)["version"]) for package in PACKAGES}
    refused: list[str] = []
    for package in PACKAGES:
        found = project(package)
        extras: dict[str, list[str]] = found.get("optional-dependencies", {})  # pyright: ignore[reportAssignmentType] - TOML
        needed: list[str] = found["dependencies"]  # pyright: ignore[reportAssignmentType] - TOML
        for text in [*needed, *(text for extra in extras.values() for text in extra)]:
            need = Requirement(text)
            if need.name in versions and not need.specifier.contains(versions[need.name]):
                refused.append(f"{found['name']} wants {text}, and there is {versions[need.name]}")

    assert refused == []


def test_the_package_says_its_own_version() -> None:
    command = [sys.executable, "-c", "import fluxlit; print(fluxlit.__version__)"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()

    assert shown == project(ROOT / "packages" / "fluxlit")["version"]


def test_the_same_sources_give_the_same_archives(tmp_path: Path) -> None:
    uv = os.environ.get("UV") or shutil.which("uv")
    if not uv:
        pytest.skip("uv is not on the PATH (make test puts it there)")
    env = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    env.pop("VIRTUAL_ENV", None)
    for folder in ("first", "second"):
        command = [uv, "build", "--quiet", "--package", "fluxlit-client", "--out-dir", str(tmp_path / folder)]
        subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, timeout=300)

    first, second = (
        {each.name: each.read_bytes() for each in (tmp_path / name).glob("*-*")} for name in ("first", "second")
    )
    assert sorted(name.rpartition(".")[2] for name in first) == ["gz", "whl"]
    assert first == second


def test_the_list_of_components_is_whole_and_the_same_each_time(tmp_path: Path) -> None:
    files = [tmp_path / "one.json", tmp_path / "two.json"]
    for file in files:
        command = [sys.executable, str(ROOT / "scripts" / "make-sbom.py"), str(file)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    bill = json.loads(files[0].read_text("utf-8"))
    names = {each["name"] for each in bill["components"]}
    references = {each["bom-ref"] for each in bill["components"]}

    assert files[0].read_bytes() == files[1].read_bytes()
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    assert {"fluxlit", "fluxlit-gateway", "streamlit", "fastapi", "redis", "prometheus-client"} <= names
    # The tools of the workspace are no part of an installation.
    assert not names & {"pytest", "ruff", "playwright", "pyright", "sphinx"}
    for dependency in bill["dependencies"]:
        assert {dependency["ref"], *dependency["dependsOn"]} <= references
