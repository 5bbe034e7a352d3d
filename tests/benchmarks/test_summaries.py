from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from benchmarks.comparison.samples import Sample
from benchmarks.comparison.summary import ratio_between, ratio_of, summarize, table_of

if TYPE_CHECKING:
    from benchmarks.comparison.measured import Work


def test_a_summary_has_median_and_spread() -> None:
    summary = summarize([3.0, 1.0, 8.0])

    assert (summary.median, summary.low, summary.high, summary.count) == (3.0, 1.0, 8.0, 3)


def test_a_ratio_is_the_median_of_the_ratios_of_turns_that_lie_together() -> None:
    # The machine was slow in the second turn, for both: the ratio of the sums would say something else.
    assert ratio_of([50.0, 10.0, 50.0], [100.0, 20.0, 100.0]) == 0.5
    assert ratio_of([90.0, 10.0, 50.0], [100.0, 20.0, 100.0]) == 0.5


def test_a_ratio_of_unequal_numbers_of_turns_is_that_of_the_medians() -> None:
    assert ratio_of([50.0, 50.0], [100.0, 20.0, 100.0]) == 0.5


@pytest.mark.parametrize(("values", "base"), [([], [1.0]), ([1.0], []), ([1.0], [0.0])])
def test_there_is_no_ratio_to_nothing(values: list[float], base: list[float]) -> None:
    assert ratio_of(values, base) is None


def test_the_table_holds_every_figure_of_every_contestant(works: list[Work]) -> None:
    samples = [
        *(sample("fastapi", turn, 100.0 + turn) for turn in range(3)),
        *(sample("fluxlit-1", turn, 50.0 + turn / 2) for turn in range(3)),
        Sample(work="api-async-16", contestant="nginx", turn=0, figures={"rate": None}, failure="WrkError: broken"),
    ]

    table = table_of(works, samples)

    of = table["api-async-16/rate"]
    assert of["fluxlit-1"].ratio == 0.5
    assert of["fastapi"].median == 101.0
    assert of["nginx"].median is None
    assert of["nginx"].failure == "WrkError: broken"
    assert table["page-simple/rerun"] == {}
    assert ratio_between(table, "api-async-16/rate", contestant="fluxlit-1", base="fastapi") == 0.5
    assert ratio_between(table, "api-async-16/rate", contestant="nginx", base="fastapi") is None


def sample(contestant: str, turn: int, rate: float) -> Sample:
    return Sample(work="api-async-16", contestant=contestant, turn=turn, figures={"rate": rate})
