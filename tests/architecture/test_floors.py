"""The oldest versions that the packages declare agree with each other and are those that the tests passed with."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING, Any

import pytest
from packaging.version import Version

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def oldest_versions(root: Path) -> Any:
    """`scripts/oldest_versions.py`, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("oldest_versions", root / "scripts" / "oldest_versions.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclass looks itself up there
    spec.loader.exec_module(module)
    return module


def test_packages_agree_on_the_oldest_version_of_a_library(root: Path, oldest_versions: Any) -> None:
    floors: dict[str, dict[str, list[str]]] = {}
    for library, oldest, package in oldest_versions.declared_floors(root):
        floors.setdefault(library, {}).setdefault(oldest, []).append(package)

    assert {library: found for library, found in floors.items() if len(found) > 1} == {}


def test_each_floor_is_the_version_that_the_tests_passed_with(root: Path, oldest_versions: Any) -> None:
    declared = {floor.library: Version(floor.oldest) for floor in oldest_versions.declared_floors(root)}
    tested = {library: Version(each) for library, each in oldest_versions.passed(root).versions.items()}

    assert tested == declared, "run `make test-oldest`: it writes docs/oldest-versions.json"


def test_only_packages_whose_tests_passed_are_written_down(root: Path, oldest_versions: Any) -> None:
    packages = {path.parent.name for path in (root / "packages").glob("*/pyproject.toml")}
    found = oldest_versions.passed(root).packages

    assert set(found) <= packages
    assert all(run.tests > 0 for run in found.values())


def test_a_package_that_fails_is_not_written_down(tmp_path: Path, oldest_versions: Any) -> None:
    (tmp_path / "docs").mkdir()
    results = tmp_path / "results.xml"
    results.write_text(
        '<testsuite><testcase classname="packages.client.tests.test_a" name="a"/>'
        '<testcase classname="packages.client.tests.test_a" name="b"><skipped/></testcase>'
        '<testcase classname="packages.gateway.tests.test_b" name="c"/>'
        '<testcase classname="packages.gateway.tests.test_b" name="d"><failure/></testcase></testsuite>',
        "utf-8",
    )

    oldest_versions.record(tmp_path, results=results, commit="abc")

    found = oldest_versions.passed(tmp_path).packages
    assert {name: (run.commit, run.tests, run.skipped) for name, run in found.items()} == {"client": ("abc", 1, 1)}


def test_a_floor_with_another_bound_is_refused(tmp_path: Path, oldest_versions: Any) -> None:
    folder = tmp_path / "packages" / "one"
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text('[project]\nname = "one"\ndependencies = ["anyio>=4,<5"]\n', "utf-8")

    with pytest.raises(ValueError, match="one floor"):
        oldest_versions.declared_floors(tmp_path)
