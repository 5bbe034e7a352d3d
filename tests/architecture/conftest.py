"""What every architecture test looks at: the packages of the workspace."""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Package:
    """One distribution of the workspace."""

    folder: Path

    @cached_property
    def project(self) -> dict[str, Any]:
        return tomllib.loads((self.folder / "pyproject.toml").read_text("utf-8"))["project"]

    @property
    def distribution(self) -> str:
        return self.project["name"]

    @property
    def import_name(self) -> str:
        return self.distribution.replace("-", "_")

    @property
    def source(self) -> Path:
        return self.folder / "src" / self.import_name

    def modules(self) -> Iterator[tuple[str, Path, ast.Module]]:
        """Dotted name, file and syntax tree of each module."""
        for path in sorted(self.source.rglob("*.py")):
            parts = path.relative_to(self.folder / "src").with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            yield name, path, ast.parse(path.read_text("utf-8"), str(path))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each package when it takes `package`."""
    if "package" in metafunc.fixturenames:
        found = [Package(each.parent) for each in sorted((ROOT / "packages").glob("*/pyproject.toml"))]
        metafunc.parametrize("package", found, ids=[each.distribution for each in found])


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT
