"""A comparison from the command line to the page: two contestants, next to no work."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
MARK = "BENCH_SMOKE_TEST"
WORKS = "start,api-async-16,page-simple,uploads"


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed: scripts/install-system-packages.sh")
def test_two_contestants_are_compared_and_stopped(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks", "compare", "--effort", "tiny", "--works", WORKS),
            *("--contestants", "fastapi,fluxlit-1", "--folder", str(tmp_path)),
        ],
        cwd=ROOT,
        env={**os.environ, MARK: str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=800,
    )

    assert done.returncode == 0, done.stderr
    samples = json.loads((tmp_path / "results.json").read_text("utf-8"))["samples"]
    assert [sample["failure"] for sample in samples if sample["failure"]] == []
    assert {sample["contestant"] for sample in samples} == {"fastapi", "fluxlit-1"}
    assert "Rerun: title, table, button" in done.stdout
    assert "Rerun: title, table, button" in (tmp_path / "index.md").read_text("utf-8")
    assert (tmp_path / "reruns.svg").is_file()
    assert left_running(str(tmp_path)) == []


def left_running(mark: str) -> list[list[str]]:
    """Command lines of the processes that were started, directly or not, with this mark."""
    found: list[list[str]] = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(MARK) == mark:
                found.append(process.cmdline())
    return found


def test_an_unknown_contestant_is_refused_with_the_known_ones() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "compare", "--contestants", "gunicorn"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 2
    assert "gunicorn" in done.stderr
    assert "streamlit-run" in done.stderr
