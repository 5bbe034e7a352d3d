"""The oldest versions: what the packages declare, and what `make test-oldest` passed with.

`scripts/test-oldest.sh` calls this when all tests of a package or of all ran; it writes `docs/oldest-versions.json`,
which is committed. The support matrix is made from that file, and `tests/architecture/test_floors.py` holds it against
what the packages declare, so that a floor is changed only together with a run.
"""

from __future__ import annotations

import json
import platform
import sys
import tomllib
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from packaging.requirements import Requirement

__all__ = ("Floor", "Passed", "Run", "declared_floors", "passed", "record")


class Floor(NamedTuple):
    """One library as one package declares it."""

    library: str
    oldest: str
    package: str


@dataclass(frozen=True)
class Run:
    """All tests of one package, passed on the oldest versions."""

    date: str
    commit: str
    tests: int
    skipped: int


@dataclass(frozen=True)
class Passed:
    """What passed on the oldest versions.

    Attributes:
        python: The version of Python.
        versions: The libraries that the packages declare, as they were installed.
        packages: The last run of each package's tests with these versions, by folder.
    """

    python: str
    versions: dict[str, str]
    packages: dict[str, Run]


def declared_floors(root: Path) -> list[Floor]:
    """Every library of every package of the repository at `root`, extras included, siblings left out.

    Raises:
        ValueError: A library has no floor, or another bound beside it.
    """
    floors: list[Floor] = []
    for path in sorted((root / "packages").glob("*/pyproject.toml")):
        project = tomllib.loads(path.read_text("utf-8"))["project"]
        extras = project.get("optional-dependencies", {})
        for text in [*project["dependencies"], *(text for extra in extras.values() for text in extra)]:
            need = Requirement(text)
            if need.name.startswith("fluxlit"):
                continue
            bounds = [(each.operator, each.version) for each in need.specifier]
            if len(bounds) != 1 or bounds[0][0] != ">=":
                raise ValueError(f"{project['name']} needs {text!r}: give it one floor (>=) and no other bound")
            floors.append(Floor(need.name, bounds[0][1], project["name"]))
    return floors


def passed(root: Path) -> Passed:
    """What passed, as it is committed."""
    found = json.loads(_file(root).read_text("utf-8"))
    return Passed(found["python"], found["versions"], {name: Run(**run) for name, run in found["packages"].items()})


def record(root: Path, *, results: Path, commit: str) -> None:
    """Write down which packages passed a run, in the environment of that run.

    What was written of other packages stays only if they passed with the same versions.

    Args:
        root: The repository to write into.
        results: pytest's report of the run (`--junitxml`): all tests of one or more packages.
        commit: What was tested.
    """
    libraries = sorted({floor.library for floor in declared_floors(root)})
    versions = {library: version(library) for library in libraries}
    packages: dict[str, Run] = {}
    if _file(root).is_file():
        before = passed(root)
        if (before.python, before.versions) == (platform.python_version(), versions):
            packages = before.packages
    for package, outcomes in _outcomes(results).items():
        packages.pop(package, None)
        if not outcomes["failed"]:
            today = datetime.now(UTC).date().isoformat()
            packages[package] = Run(today, commit, outcomes["passed"], outcomes["skipped"])
    found = Passed(platform.python_version(), versions, dict(sorted(packages.items())))
    _file(root).write_text(json.dumps(asdict(found), indent=2) + "\n", "utf-8")


def _outcomes(results: Path) -> dict[str, Counter[str]]:
    """How many tests of each package passed, failed and were skipped."""
    packages: dict[str, Counter[str]] = {}
    for case in ET.parse(results).iter("testcase"):
        tags = {each.tag for each in case}
        outcome = "failed" if tags & {"failure", "error"} else "skipped" if "skipped" in tags else "passed"
        packages.setdefault(case.get("classname", "").split(".")[1], Counter())[outcome] += 1
    return packages


def _file(root: Path) -> Path:
    return root / "docs" / "oldest-versions.json"


if __name__ == "__main__":
    record(Path(sys.argv[1]), results=Path(sys.argv[2]), commit=sys.argv[3])
