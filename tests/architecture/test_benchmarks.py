"""`make bench` knows every measurement that there is."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def test_every_listed_measurement_is_a_program(root: Path) -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--list"], cwd=root, capture_output=True, text=True, check=True, timeout=60
    ).stdout

    names = [line.split()[0] for line in listed.splitlines()]
    assert {"gateway", "sidecar", "client"} <= set(names)
    source = (root / "benchmarks" / "__main__.py").read_text("utf-8")
    for program in (root / "benchmarks").glob("*/speed.py"):
        assert f'"{program.parent.name}/{program.name}"' in source


def test_an_unknown_measurement_is_refused_with_the_known_ones(root: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "benchmarks", "weather"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert result.returncode == 2
    assert "weather" in result.stderr
    assert "gateway" in result.stderr
