from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path
from typing import Any

import pytest

import fluxlit_pages
from fluxlit_pages import errors

MODULES = sorted(
    info.name
    for info in pkgutil.walk_packages(fluxlit_pages.__path__, "fluxlit_pages.")
    if not info.name.endswith(("entry", "fluxlit_entry_script"))  # runs the page when it is imported
)


@pytest.mark.parametrize("name", ["fluxlit_pages", *MODULES])
def test_all_is_a_sorted_tuple_of_exactly_the_public_names(name: str) -> None:
    module: Any = importlib.import_module(name)
    exported: Any = module.__all__
    assert exported.__class__ is tuple
    assert list(exported) == sorted(exported, key=_as_ruff_sorts)
    own = _defined_in(Path(str(module.__file__)))
    if own is not None:
        assert own <= set(exported)
    for public in exported:
        assert getattr(module, public, None) is not None


def test_every_error_is_in_the_tree_and_on_the_picture_of_it() -> None:
    for name in errors.__all__:
        error = getattr(errors, name)
        assert issubclass(error, errors.FluxlitPagesError)
        assert name in (errors.__doc__ or "")


def _as_ruff_sorts(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2), name


def _defined_in(file: Path) -> set[str] | None:
    """Public functions and classes of a module; None for packages, which only hand on."""
    if file.name == "__init__.py":
        return None
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    body = ast.parse(file.read_text(encoding="utf-8")).body
    return {node.name for node in body if isinstance(node, kinds) and not node.name.startswith("_")}
