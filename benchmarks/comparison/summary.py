"""Medians, spreads and ratios of samples."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.comparison.measured import Work
    from benchmarks.comparison.samples import Sample


class Summary(BaseModel, frozen=True, extra="forbid"):
    """What a contestant reached in one figure."""

    median: float | None = Field(description="Of its turns; None when none of them gave a value")
    low: float | None = Field(default=None, description="The smallest value")
    high: float | None = Field(default=None, description="The largest value")
    count: int = Field(default=0, description="How many turns gave a value")
    ratio: float | None = Field(default=None, description="To the base contestant, the median of the ratios by turn")
    values: tuple[float, ...] = Field(default=(), description="One for each turn that gave a value")
    failure: str = Field(default="", description="Why a turn gave none")


def summarize(values: Sequence[float], base: Sequence[float] = (), *, failure: str = "") -> Summary:
    """Sum up the turns of one contestant.

    Args:
        values: One for each turn.
        base: The base contestant's, turn by turn; the ratio of medians is given when the numbers of turns differ.
        failure: The reason why a turn is missing.
    """
    if not values:
        return Summary(median=None, failure=failure)
    return Summary(
        median=statistics.median(values),
        low=min(values),
        high=max(values),
        count=len(values),
        ratio=ratio_of(values, base),
        values=tuple(values),
        failure=failure,
    )


def ratio_of(values: Sequence[float], base: Sequence[float]) -> float | None:
    """How many times the base: turns that lie close together in time are held against each other."""
    if not values or not base or 0 in base:
        return None
    if len(values) == len(base):
        return statistics.median(mine / its for mine, its in zip(values, base, strict=True))
    return statistics.median(values) / statistics.median(base)


Table = dict[str, dict[str, Summary]]
"""Summaries by figure (``work/key``) and contestant."""


def table_of(works: Iterable[Work], samples: Sequence[Sample]) -> Table:
    """Every figure of every contestant that took a turn at it."""
    table: Table = {}
    for work in works:
        taken = [sample for sample in samples if sample.work == work.name]
        for figure in work.figures:
            values = {
                name: _values(taken, name, figure.key) for name in dict.fromkeys(sample.contestant for sample in taken)
            }
            table[f"{work.name}/{figure.key}"] = {
                name: summarize(mine, values.get(figure.base, ()), failure=_failure(taken, name))
                for name, mine in values.items()
            }
    return table


def _values(samples: Iterable[Sample], contestant: str, key: str) -> list[float]:
    found = (sample.figures.get(key) for sample in samples if sample.contestant == contestant)
    return [value for value in found if value is not None]


def _failure(samples: Iterable[Sample], contestant: str) -> str:
    return next((each.failure for each in samples if each.contestant == contestant and each.failure), "")


def ratio_between(
    table: Mapping[str, Mapping[str, Summary]], figure: str, *, contestant: str, base: str
) -> float | None:
    """The ratio of two contestants in one figure, turn by turn as in the table, or None where one is missing."""
    of = table.get(figure, {})
    mine, its = of.get(contestant), of.get(base)
    return None if mine is None or its is None else ratio_of(mine.values, its.values)
