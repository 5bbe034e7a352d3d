"""Where the time of a run went: seconds for each work, and how many of them servers took to start and to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.comparison.report.table import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.comparison.samples import Sample

HEADS = ("", "turns", "seconds", "servers", "the longest turn")


def timing_rows(samples: Sequence[Sample]) -> list[Row]:
    """A row for each work, in the order in which they were done, and one for all of them."""
    works = dict.fromkeys(sample.work for sample in samples)
    rows = [_row(work, [sample for sample in samples if sample.work == work]) for work in works]
    return [*rows, _row("all", samples)]


def _row(title: str, samples: Sequence[Sample]) -> Row:
    longest = max(samples, key=lambda sample: sample.seconds, default=None)
    said = f"{longest.contestant}, {longest.seconds:.1f}" if longest else "-"
    sums = (_sum(sample.seconds for sample in samples), _sum(sample.servers for sample in samples))
    return Row(title, (str(len(samples)), *sums, said))


def _sum(seconds: Iterable[float]) -> str:
    return f"{sum(seconds):.1f}"
