"""The frame of the comparison, with servers that do next to nothing; `benchmarks` is a program, not a package."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))

if TYPE_CHECKING:
    from benchmarks.comparison.machine import Machine
    from benchmarks.comparison.measured import Work


@pytest.fixture
def works() -> list[Work]:
    """Two works, of which nobody takes a turn here."""
    from benchmarks.comparison.measured import Figure, Figures, Work

    def never(_field: object, _name: str) -> Figures:
        raise NotImplementedError

    rate = Figure(key="rate", title="Requests", unit="requests/s", more_is_better=True, base="fastapi")
    rerun = Figure(key="rerun", title="Rerun", unit="ms", base="streamlit-run")
    return [
        Work(name="api-async-16", figures=(rate,), entrants=("fastapi", "nginx", "fluxlit-1"), turns=3, measure=never),
        Work(name="page-simple", figures=(rerun,), entrants=("streamlit-run", "fluxlit-1"), turns=1, measure=never),
    ]


@pytest.fixture
def machine() -> Machine:
    from benchmarks.comparison.machine import Machine

    return Machine(
        processor="A processor",
        cores=2,
        memory_gib=4.0,
        system="Linux 6.1",
        python="3.11.7",
        versions={"streamlit": "1.67.0"},
        commit="abc1234",
        date="2026-11-22T18:00+00:00",
        load=0.1,
        command="make bench-quick",
    )
