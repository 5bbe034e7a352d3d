"""A small GET that Streamlit answers (its health route), directly or behind what stands before it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.comparison.contestants.server import UI_HEALTH
from benchmarks.comparison.measured import Figure, Work
from benchmarks.comparison.work.api_requests import ask_a_few_times, measure
from benchmarks.comparison.work.entrants import EARLIER, ONE, STREAMLIT, serving_pages

if TYPE_CHECKING:
    from benchmarks.comparison.effort import Effort

CONNECTIONS = 16


def proxied_get(effort: Effort) -> list[Work]:
    """One work."""
    title = "Small GET that Streamlit answers, 16 connections"
    return [
        Work(
            name="proxied-get",
            figures=(
                Figure(key="rate", title=title, unit="requests/s", more_is_better=True, base=STREAMLIT),
                Figure(key="p99", title="the same, 99th percentile", unit="ms", base=STREAMLIT),
                Figure(key="processor", title="the same, processor time of a request", unit="µs", base=STREAMLIT),
            ),
            entrants=serving_pages(effort),
            turns=effort.rounds,
            aimed=(STREAMLIT, EARLIER, ONE),
            side_turns=effort.side_rounds,
            measure=partial(measure, path=UI_HEALTH, connections=CONNECTIONS, seconds=effort.side_seconds),
            warm=partial(ask_a_few_times, path=UI_HEALTH),
        )
    ]
