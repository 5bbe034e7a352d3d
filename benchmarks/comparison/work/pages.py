"""Pages of the kinds that people write: a new session on a warm server, and the reruns that follow."""

from __future__ import annotations

import statistics
import time
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.comparison.applications.bench_pages import BUTTON
from benchmarks.comparison.drivers.tab import Tab, in_event_loop
from benchmarks.comparison.measured import Figure, Figures, Work
from benchmarks.comparison.work.entrants import ONE, STREAMLIT, serving_pages

if TYPE_CHECKING:
    from benchmarks.comparison.effort import Effort
    from benchmarks.comparison.field import Field

PAGES = {
    "simple": "title, table, button",
    "table": "data frame of 1,000 rows",
    "chart": "line chart",
    "form": "form with 20 widgets",
    "calls": "three API calls",
    "compute": "200 ms of computing",
}
WITH_A_TARGET = "simple"
_AT_LEAST = 3


def pages(effort: Effort) -> list[Work]:
    """One work for each page."""
    return [
        Work(
            name=f"page-{page}",
            figures=(
                Figure(key="rerun", title=f"Rerun: {title}", unit="ms", base=STREAMLIT),
                Figure(key="session", title="the same, a new session", unit="ms", base=STREAMLIT),
            ),
            entrants=serving_pages(effort),
            # A turn takes less than a second.
            turns=2 * effort.rounds - 1 if page == WITH_A_TARGET else effort.side_rounds,
            aimed=(STREAMLIT, ONE) if page == WITH_A_TARGET else (),
            side_turns=effort.side_rounds,
            measure=partial(measure, page=page, reruns=effort.reruns, seconds=effort.side_seconds),
            warm=partial(measure, page=page, reruns=1, seconds=0.0),
        )
        for page, title in PAGES.items()
    ]


def measure(field: Field, name: str, *, page: str, reruns: int, seconds: float) -> Figures:
    """One session: it comes, presses the button again and again, and goes.

    Args:
        field: The servers.
        name: The contestant's.
        page: Its URL path.
        reruns: At most so many,
        seconds: as far as they begin in this time; three at least, unless fewer are asked for.
    """
    return in_event_loop(_session(field.server(name).base_url, page, reruns=reruns, seconds=seconds))


async def _session(base_url: str, page: str, *, reruns: int, seconds: float) -> Figures:
    begun = time.perf_counter()
    async with await Tab.open(base_url) as tab:
        await tab.run(page)
        new = time.perf_counter() - begun
        times: list[float] = []
        end = time.perf_counter() + seconds
        while len(times) < reruns and (len(times) < _AT_LEAST or time.perf_counter() < end):
            begun = time.perf_counter()
            await tab.press(BUTTON)
            times.append(time.perf_counter() - begun)
    return {"session": new * 1000, "rerun": statistics.median(times) * 1000}
