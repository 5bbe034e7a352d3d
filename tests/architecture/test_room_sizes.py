"""Small rooms: modules and functions stay readable, and no folder is a catch-all."""

from __future__ import annotations

import ast
import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Package

MODULE_LINES = 400
MODULE_LINES_MEDIAN = 150
FUNCTION_LINES = 60
CATCH_ALLS = {"common", "helper", "helpers", "misc", "util", "utils"}


def python_files(root: Path) -> Iterator[Path]:
    for folder in ("packages", "tests", "examples", "benchmarks", "scripts"):
        yield from (each for each in (root / folder).rglob("*.py") if "node_modules" not in each.parts)


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    first = function.body[0]
    docstring = ast.get_docstring(function, clean=False) is not None
    return (
        (function.end_lineno or 0)
        - function.lineno
        + 1
        - ((first.end_lineno or 0) - first.lineno + 1 if docstring else 0)
    )


def test_no_module_is_too_long(root: Path) -> None:
    sizes = {path: len(path.read_text("utf-8").splitlines()) for path in python_files(root)}

    assert not {str(path): size for path, size in sizes.items() if size > MODULE_LINES}
    assert statistics.median(sizes.values()) <= MODULE_LINES_MEDIAN


def test_no_function_is_too_long(root: Path) -> None:
    too_long = [
        f"{path}:{node.lineno} {node.name}: {body_lines(node)} lines"
        for path in python_files(root)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and body_lines(node) > FUNCTION_LINES
    ]

    assert not too_long, "\n".join(too_long)


def test_no_room_is_a_catch_all(root: Path) -> None:
    named = [str(path) for path in python_files(root) if {path.stem, path.parent.name} & CATCH_ALLS]

    assert not named, f"name these after what they hold: {named}"


def test_a_package_is_more_than_its_name(package: Package) -> None:
    assert len(list(package.modules())) > 1
