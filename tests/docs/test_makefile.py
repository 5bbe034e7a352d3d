"""Commands that the pages name exist, and `make` alone lists what there is."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Used by the other targets; nobody asks for it.
INTERNAL = {"uv"}


def targets(root: Path) -> set[str]:
    makefile = (root / "Makefile").read_text("utf-8")
    declared = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert declared is not None
    return set(declared[1].split())


def test_help_lists_every_target(root: Path) -> None:
    shown = subprocess.run(["make", "-C", str(root), "help"], capture_output=True, text=True, check=True, timeout=60)

    listed = set(re.findall(r"^ {2}([a-z-]+) {2,}\S", shown.stdout, re.MULTILINE))
    assert listed == targets(root) - INTERNAL
    defined = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert defined == targets(root)


def test_every_make_command_of_the_pages_is_a_target(root: Path) -> None:
    known = targets(root)
    pages = [
        *root.glob("*.md"),
        *root.glob("docs/**/*.md"),
        *root.glob("packages/*/*.md"),
        *root.glob("benchmarks/**/*.md"),
    ]
    unknown: list[str] = []
    for page in pages:
        if {"_build", "generated"} & set(page.parts):
            continue
        for command in re.findall(r"(?:`|^    |^\$ )make ([a-z][a-z -]*)", page.read_text("utf-8"), re.MULTILINE):
            unknown += [f"{page.name}: make {name}" for name in command.split() if name not in known]

    assert unknown == []
