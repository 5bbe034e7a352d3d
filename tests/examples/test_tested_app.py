"""`examples/tested_app`: its own suite, run as a user runs it, in parallel and in random order."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.browser
@pytest.mark.timeout(400)
def test_its_suite_passes(examples: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(examples / "tested_app", tmp_path / "tested_app", ignore=shutil.ignore_patterns(".*"))

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile", "-rs"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=380,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "12 passed" in run.stdout, run.stdout
    assert not (folder / "tasks.db").exists(), "tests left the real database alone"
