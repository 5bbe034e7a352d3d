"""Pages of the kinds that people write: a new session on a warm server, and the reruns that follow."""

from __future__ import annotations

import statistics
import time
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.comparison.applications.bench_pages import BUTTON
from benchmarks.comparison.drivers.tab import Tab, in_event_loop
from benchmarks.comparison.measured import Figure, Figures, Work
from benchmarks.comparison.work.entrants import STREAMLIT, serving_pages

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
_LONG = ("compute",)


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
            turns=effort.rounds if page == "simple" else effort.side_rounds,
            measure=partial(measure, page=page, reruns=max(2, effort.reruns // (4 if page in _LONG else 1))),
            warm=None if page in _LONG else partial(measure, page=page, reruns=2),
        )
        for page, title in PAGES.items()
    ]


def measure(field: Field, name: str, *, page: str, reruns: int) -> Figures:
    """One session: it comes, presses the button again and again, and goes."""
    return in_event_loop(_session(field.server(name).base_url, page, reruns))


async def _session(base_url: str, page: str, reruns: int) -> Figures:
    begun = time.perf_counter()
    async with await Tab.open(base_url) as tab:
        await tab.run(page)
        new = time.perf_counter() - begun
        times: list[float] = []
        for _ in range(reruns):
            begun = time.perf_counter()
            await tab.press(BUTTON)
            times.append(time.perf_counter() - begun)
    return {"session": new * 1000, "rerun": statistics.median(times) * 1000}
