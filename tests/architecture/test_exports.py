"""`__all__` is the contract: a tuple, without doubles, exactly the public names of a module (ruff keeps it sorted)."""

from __future__ import annotations

import ast
import importlib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Package

# Modules that are run, not imported: importing them starts a page or a server.
PROGRAMS = ("__main__", "fluxlit_entry_script")


def is_public(module: str) -> bool:
    parts = module.split(".")[1:]
    return not any(part.startswith("_") for part in parts) and not (parts and parts[-1] in PROGRAMS)


def makes_a_type_variable(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func).endswith(("TypeVar", "ParamSpec", "TypeVarTuple"))


def own_public_names(tree: ast.Module) -> set[str]:
    """Names that a module defines itself at its top level, imports left out."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign) and not makes_a_type_variable(node.value):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            names.add(node.target.id)
    return {name for name in names if not name.startswith("_")}


def test_public_modules_list_their_names_in_all(package: Package) -> None:
    problems: list[str] = []
    for name, _path, tree in package.modules():
        if not is_public(name):
            continue
        module = importlib.import_module(name)
        if not hasattr(module, "__all__") and not own_public_names(tree):
            continue  # a folder's docstring, and nothing else
        if not isinstance(getattr(module, "__all__", None), tuple):
            problems.append(f"{name}: __all__ is no tuple")
            continue
        exported: tuple[str, ...] = module.__all__
        listed = set(exported)
        if len(exported) != len(listed):
            problems.append(f"{name}: __all__ has a name twice")
        missing = sorted(each for each in listed if not hasattr(module, each))
        forgotten = sorted(own_public_names(tree) - listed)
        if missing:
            problems.append(f"{name}: __all__ names what is not there: {missing}")
        if forgotten:
            problems.append(f"{name}: public but not in __all__ (list it, or begin it with _): {forgotten}")
    assert not problems, "\n".join(problems)


def test_every_package_ships_its_types(package: Package) -> None:
    assert (package.source / "py.typed").is_file()


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "LICENSE"])
def test_every_package_has_its_papers(package: Package, name: str) -> None:
    assert (package.folder / name).read_text("utf-8").strip()


def test_the_changelog_names_the_version(package: Package) -> None:
    changelog = (package.folder / "CHANGELOG.md").read_text("utf-8")

    assert f"## {package.project['version']}" in changelog
