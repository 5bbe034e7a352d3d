"""Each package declares what it imports: in one shared environment every sibling is importable, declared or not."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Package


@cache
def distributions_by_import_name() -> dict[str, set[str]]:
    found = importlib.metadata.packages_distributions()
    return {name: {canonical(each) for each in distributions} for name, distributions in found.items()}


def canonical(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


# A library's own other half: pydantic pins exactly one version of its core, so a second floor would say nothing.
PART_OF = {"pydantic-core": "pydantic"}


def declared(package: Package) -> set[str]:
    extras = package.project.get("optional-dependencies", {}).values()
    lines = [*package.project["dependencies"], *(line for extra in extras for line in extra)]
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in lines)
    return {canonical(name.group()) for name in names if name}


def providers_of(name: str) -> set[str]:
    found = distributions_by_import_name().get(name, {canonical(name)})
    return found | {PART_OF[each] for each in found if each in PART_OF}


def imported(package: Package) -> Iterator[tuple[str, str]]:
    for module, _path, tree in package.modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name.partition(".")[0], module) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                yield node.module.partition(".")[0], module


def test_every_import_is_declared(package: Package) -> None:
    allowed = declared(package)
    undeclared = sorted(
        f"{module} imports {name}"
        for name, module in imported(package)
        if name not in sys.stdlib_module_names and name != package.import_name and not (providers_of(name) & allowed)
    )

    assert not undeclared, f"add these to {package.folder.name}/pyproject.toml: {undeclared}"


def test_every_declared_sibling_is_imported(package: Package) -> None:
    names = {canonical(name) for name, _module in imported(package)}
    idle = sorted(each for each in declared(package) if each.startswith("fluxlit-") and each not in names)

    assert not idle, f"{package.distribution} declares siblings that it never imports: {idle}"
