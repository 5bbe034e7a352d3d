from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from benchmarks.comparison.forecast import Forecast
from benchmarks.comparison.progress import progress_bar
from benchmarks.comparison.report.page import write_page
from benchmarks.comparison.report.results import published_results, results_of
from benchmarks.comparison.report.table import Row
from benchmarks.comparison.report.terminal import show_timings
from benchmarks.comparison.report.timings import timing_rows
from benchmarks.comparison.samples import Sample
from benchmarks.comparison.schedule import turns
from rich.console import Console

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.comparison.machine import Machine
    from benchmarks.comparison.measured import Work

BEFORE = [
    Sample(work="api-async-16", contestant="fastapi", turn=0, figures={}, seconds=2.0, servers=0.5),
    Sample(work="api-async-16", contestant="fluxlit-1", turn=0, figures={}, seconds=6.0, servers=4.0),
]


@pytest.fixture
def forecast(works: list[Work]) -> Forecast:
    return Forecast(list(turns(works, ["fastapi", "nginx", "fluxlit-1"])), BEFORE)


def test_what_was_never_measured_is_expected_to_take_what_the_others_do(forecast: Forecast) -> None:
    # Three turns of each at the one work, of which nginx has none behind it, and one turn at a work without any.
    assert forecast.total == 3 * (2.0 + 4.0 + 6.0) + 4.0
    assert forecast.done(2) == 6.0


def test_the_rest_is_held_against_the_pace_of_this_run(forecast: Forecast) -> None:
    assert forecast.remaining(0, elapsed=1.0) == forecast.total
    # Twice as slow as before.
    assert forecast.remaining(3, elapsed=24.0) == 2 * (forecast.total - 12.0)


def test_turns_that_were_taken_already_take_no_time(works: list[Work]) -> None:
    plan = list(turns(works, ["fastapi", "nginx", "fluxlit-1"]))

    assert Forecast(plan, BEFORE, taken=range(9)).total == 4.0
    assert Forecast(plan, [], taken=range(len(plan))).remaining(len(plan), elapsed=5.0) == 0.0


def test_without_a_terminal_a_line_for_each_work_says_what_is_left(forecast: Forecast, works: list[Work]) -> None:
    output = io.StringIO()

    with progress_bar(forecast, Console(file=output)) as tell:
        for turn in turns(works, ["fastapi", "nginx", "fluxlit-1"]):
            tell(turn)

    assert output.getvalue() == "api-async-16 (about 40 s left)\npage-simple (about 0 s left)\n"


def test_a_terminal_has_a_bar_with_the_time_that_is_left(forecast: Forecast, works: list[Work]) -> None:
    output = io.StringIO()

    with progress_bar(forecast, Console(file=output, force_terminal=True, width=120)) as tell:
        tell(next(turns(works, ["nginx"])))

    assert "about 40 s left; api-async-16: nginx" in output.getvalue()


def test_the_published_run_is_read_again(works: list[Work], machine: Machine, tmp_path: Path) -> None:
    results = results_of("quick", machine, works=works, samples=BEFORE)
    write_page(works, results, tmp_path)

    assert published_results(tmp_path) == results
    (tmp_path / "results.json").write_text('{"samples": [{"work": 1}]}', "utf-8")
    assert published_results(tmp_path) is None
    assert published_results(tmp_path / "none") is None


def test_timings_name_the_works_their_servers_and_the_longest_turn() -> None:
    assert timing_rows(BEFORE) == [
        Row("api-async-16", ("2", "8.0", "4.5", "fluxlit-1, 6.0")),
        Row("all", ("2", "8.0", "4.5", "fluxlit-1, 6.0")),
    ]
    output = io.StringIO()
    show_timings(BEFORE, Console(file=output, width=120))
    assert "Where the time went" in output.getvalue()
