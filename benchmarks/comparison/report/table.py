"""The one table: a row for each figure, a column for each contestant, and the targets with what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.comparison.contestants.lineup import CONTESTANTS
from benchmarks.comparison.report.numbers import factor, number
from benchmarks.comparison.targets import TARGETS
from benchmarks.comparison.work.own_programs import CHECKOUT

if TYPE_CHECKING:
    from benchmarks.comparison.measured import Figure, Work
    from benchmarks.comparison.summary import Summary

Grid = Mapping[str, Mapping[str, "Summary"]]
FAILED = "failed"


@dataclass(frozen=True)
class Row:
    """One line of the table, as text: what was measured, and a cell for each contestant."""

    title: str
    cells: tuple[str, ...]


def columns(table: Grid) -> list[tuple[str, str]]:
    """Name and title of every contestant that took part, in the order of the line-up."""
    present = {name for of in table.values() for name in of}
    return [(each.name, each.title) for each in CONTESTANTS if each.name in present]


def rows(works: Sequence[Work], table: Grid) -> list[Row]:
    """A row for each figure that contestants were compared in."""
    names = [name for name, _ in columns(table)]
    found: list[Row] = []
    for work in works:
        for figure in work.figures:
            of = table.get(f"{work.name}/{figure.key}", {})
            if any(of[name].median is not None or of[name].failure for name in names if name in of):
                title = f"{figure.title}, {figure.unit}" if figure.unit else figure.title
                found.append(Row(title, tuple(_cell(of.get(name), figure, name) for name in names)))
    return found


def _cell(summary: Summary | None, figure: Figure, name: str) -> str:
    if summary is None:
        return ""
    if summary.median is None:
        return FAILED if summary.failure else "-"
    spread = ""
    if summary.count > 1 and summary.low is not None and summary.high is not None and summary.median:
        spread = f" ±{(summary.high - summary.low) / 2 / summary.median:.0%}"
    ratio = "" if name == figure.base else factor(summary.ratio)
    return f"{number(summary.median)}{spread} {ratio}".strip()


def own_rows(works: Sequence[Work], table: Grid) -> list[Row]:
    """A row for each figure of the programs that measure one package each."""
    found: list[Row] = []
    for work in works:
        for figure in work.figures:
            summary = table.get(f"{work.name}/{figure.key}", {}).get(CHECKOUT)
            if summary is not None:
                unit = "" if figure.unit == "ratio" else figure.unit
                value = FAILED if summary.median is None else f"{number(summary.median)} {unit}".strip()
                found.append(Row(figure.title, (value,)))
    return found


def target_rows(table: Grid) -> list[Row]:
    """A row for each target: its bound, what was measured, and whether it was met."""
    return [
        Row(
            f"{target.area}: {target.title}",
            (target.bound, number(target.measured(table)), target.verdict(table)),
        )
        for target in TARGETS
    ]


def failures(table: Grid) -> list[str]:
    """Why a contestant has no figure, each reason once."""
    found = {
        (name, figure.partition("/")[0]): summary.failure.splitlines()[0]
        for figure, of in table.items()
        for name, summary in of.items()
        if summary.failure
    }
    return [f"{name}, {work}: {reason}" for (name, work), reason in found.items()]
