"""The table in the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.comparison.report.table import Row, columns, failures, own_rows, rows, target_rows
from benchmarks.comparison.report.timings import HEADS, timing_rows
from rich.console import Console
from rich.table import Table as RichTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.comparison.measured import Work
    from benchmarks.comparison.report.table import Grid
    from benchmarks.comparison.samples import Sample

_WIDTH = 150
_STYLES = {"met": "green", "missed": "bold red", "not measured": "dim"}


def show(works: Sequence[Work], table: Grid, console: Console | None = None) -> None:
    """Print the comparison, the figures of single packages, and the targets."""
    console = console or _console()
    titles = [name for name, _ in columns(table)]
    console.print(_drawn("Compared", ["", *titles], rows(works, table)))
    own = own_rows(works, table)
    if own:
        console.print(_drawn("Of single packages", ["", ""], own))
    console.print(_drawn("Targets", ["", "bound", "measured", ""], target_rows(table)))
    for line in failures(table):
        console.print(f"failed: {line}", style="dim", markup=False)


def show_timings(samples: Sequence[Sample], console: Console | None = None) -> None:
    """Print where the time went."""
    (console or _console()).print(_drawn("Where the time went", HEADS, timing_rows(samples)))


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else _WIDTH)


def _drawn(title: str, heads: Sequence[str], body: Sequence[Row]) -> RichTable:
    drawn = RichTable(title=title, title_justify="left")
    for number, head in enumerate(heads):
        drawn.add_column(head, justify="right" if number else "left", overflow="fold")
    for row in body:
        drawn.add_row(row.title, *row.cells, style=_STYLES.get(row.cells[-1] if row.cells else "", ""))
    return drawn
