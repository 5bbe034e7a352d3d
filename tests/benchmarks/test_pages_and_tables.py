from __future__ import annotations

import io
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from benchmarks.comparison.report.numbers import factor, number
from benchmarks.comparison.report.page import markdown, write_page
from benchmarks.comparison.report.results import Results, results_of
from benchmarks.comparison.report.table import Row, columns, failures, rows, target_rows
from benchmarks.comparison.report.terminal import show
from benchmarks.comparison.samples import Sample
from benchmarks.comparison.summary import table_of
from benchmarks.comparison.targets import TARGETS, Target
from rich.console import Console

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.comparison.machine import Machine
    from benchmarks.comparison.measured import Work

SAMPLES = [
    *(Sample(work="api-async-16", contestant="fastapi", turn=n, figures={"rate": 4000.0 + n * 100}) for n in range(3)),
    *(Sample(work="api-async-16", contestant="fluxlit-1", turn=n, figures={"rate": 3000.0}) for n in range(3)),
    Sample(work="api-async-16", contestant="nginx", turn=0, figures={"rate": None}, failure="WrkError: <broken>"),
    Sample(work="page-simple", contestant="streamlit-run", turn=0, figures={"rerun": 90.0}),
    Sample(work="page-simple", contestant="fluxlit-1", turn=0, figures={"rerun": 5.4}),
]


@pytest.mark.parametrize(
    ("value", "written"),
    [(None, "-"), (0, "0"), (0.01234, "0.0123"), (4.5, "4.50"), (45.67, "45.7"), (12345.6, "12,346"), (-2.5, "-2.50")],
)
def test_numbers_have_three_digits_that_matter(value: float | None, written: str) -> None:
    assert number(value) == written


def test_a_ratio_is_told_from_a_value() -> None:
    assert factor(0.06) == "0.0600x"
    assert factor(None) == ""


def test_a_row_has_median_spread_and_ratio_of_each_contestant(works: list[Work]) -> None:
    table = table_of(works, SAMPLES)

    assert [name for name, _ in columns(table)] == ["fastapi", "streamlit-run", "nginx", "fluxlit-1"]
    assert rows(works, table) == [
        Row("Requests, requests/s", ("4,100 ±2%", "", "failed", "3,000 ±0% 0.732x")),
        Row("Rerun, ms", ("", "90.0", "", "5.40 0.0600x")),
    ]
    assert failures(table) == ["nginx, api-async-16: WrkError: <broken>"]


def test_targets_are_marked_as_met_missed_or_not_measured(works: list[Work]) -> None:
    marked = {row.title: row.cells for row in target_rows(table_of(works, SAMPLES))}

    assert marked["gateway: API to FastAPI alone, 16 connections"] == ("≥ 0.95", "0.732", "missed")
    assert marked["sidecar: Rerun latency"] == ("≤ 0.08", "0.0600", "met")
    assert marked["sidecar: First visitor"] == ("≤ 0.05", "-", "not measured")


def test_a_target_is_held_against_the_ratio_of_the_table(works: list[Work]) -> None:
    # The machine was slow in the second turn, for both: the ratio of the medians would be 0.5 times as large.
    samples = [
        *_rates("fastapi", 100.0, 400.0, 200.0),
        *_rates("fluxlit-1", 100.0, 400.0, 100.0),
    ]
    target = Target(area="gateway", title="API", figure="api-async-16/rate", to="fastapi", at_least=0.95)

    assert target.measured(table_of(works, samples)) == 1.0


def _rates(contestant: str, *rates: float) -> list[Sample]:
    return [
        Sample(work="api-async-16", contestant=contestant, turn=turn, figures={"rate": rate})
        for turn, rate in enumerate(rates)
    ]


def test_a_bound_on_a_value_names_its_unit(works: list[Work]) -> None:
    target = Target(area="pages", title="Rerun", figure="page-simple/rerun", at_most=5, unit="ms")

    assert target.bound == "≤ 5 ms"
    assert target.verdict(table_of(works, SAMPLES)) == "missed"


def test_every_target_is_read_off_a_figure_that_is_measured() -> None:
    from benchmarks.comparison.effort import FULL, QUICK
    from benchmarks.comparison.work import everything

    for effort in (QUICK, FULL):
        measured = {
            f"{work.name}/{figure.key}": work.entrants for work in everything(effort) for figure in work.figures
        }
        for target in TARGETS:
            assert target.contestant in measured[target.figure], (effort.name, target)
            assert not target.to or target.to in measured[target.figure], (effort.name, target)


def test_whoever_a_target_compares_takes_as_many_turns_as_anyone() -> None:
    from benchmarks.comparison.effort import EFFORTS
    from benchmarks.comparison.work import everything

    for effort in EFFORTS.values():
        works = {work.name: work for work in everything(effort)}
        for target in TARGETS:
            work = works.get(target.figure.partition("/")[0])
            for name in filter(None, (target.contestant, target.to)) if work else ():
                assert work is not None
                assert work.turns_of(name) == max(map(work.turns_of, work.entrants)), (effort.name, target)


def test_every_base_takes_part_and_no_work_has_two_figures_of_one_name() -> None:
    from benchmarks.comparison.effort import EFFORTS
    from benchmarks.comparison.work import everything

    for effort in EFFORTS.values():
        works = everything(effort)
        assert len({work.name for work in works}) == len(works)
        for work in works:
            assert len({figure.key for figure in work.figures}) == len(work.figures)
            assert {figure.base for figure in work.figures} <= {"", *work.entrants}


def test_the_terminal_shows_comparison_targets_and_failures(works: list[Work]) -> None:
    console = Console(file=io.StringIO(), width=200)

    show(works, table_of(works, SAMPLES), console)

    shown = console.file.getvalue() if isinstance(console.file, io.StringIO) else ""
    assert "0.732x" in shown
    assert "missed" in shown
    assert "failed: nginx, api-async-16: WrkError: <broken>" in shown


def test_the_page_has_tables_plots_machine_and_command(works: list[Work], machine: Machine, tmp_path: Path) -> None:
    results = results_of("quick", machine, works=works, samples=SAMPLES)

    page = write_page(works, results, tmp_path).read_text("utf-8")

    assert "make bench-quick" in page
    assert "A processor, 2 cores" in page
    assert f"{len(TARGETS)} targets: 1 met, 1 missed" in page
    assert "**missed**" in page
    assert "WrkError: &lt;broken>" in page
    for name in ("routes", "reruns"):
        assert f"({name}.svg)" in page
        assert ET.parse(tmp_path / f"{name}.svg").getroot().tag.endswith("svg")
    assert "(first-view.svg)" not in page
    assert Results.model_validate_json((tmp_path / "results.json").read_text("utf-8")) == results


def test_the_same_figures_give_the_same_files(works: list[Work], machine: Machine, tmp_path: Path) -> None:
    results = results_of("quick", machine, works=works, samples=SAMPLES)

    for folder in ("one", "two"):
        write_page(works, results, tmp_path / folder)

    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert "routes.svg" in files
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_without_a_run_the_page_says_so(works: list[Work], tmp_path: Path) -> None:
    page = write_page(works, None, tmp_path).read_text("utf-8")

    assert "No run has been published yet" in page
    assert "## How it is measured" in page
    assert "fluxlit 0.13.2" in page


def test_a_cell_cannot_break_a_markdown_table() -> None:
    assert markdown(["", "a|b"], [Row("x", ("<y>",))]) == "|  | a\\|b |\n| --- | ---: |\n| x | &lt;y> |"
