"""Many sessions at once: reruns per second, what they cost in processor time, and memory with 100 of them open."""

from __future__ import annotations

import asyncio
import contextlib
import time
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.comparison.applications.bench_pages import BUTTON
from benchmarks.comparison.drivers.tab import Tab, in_event_loop
from benchmarks.comparison.effort import MIB
from benchmarks.comparison.measured import Figure, Figures, Work
from benchmarks.comparison.work.entrants import ONE, STREAMLIT, serving_crowds, serving_large_crowds
from benchmarks.comparison.work.pages import PAGES

if TYPE_CHECKING:
    from benchmarks.comparison.contestants.server import Server
    from benchmarks.comparison.effort import Effort
    from benchmarks.comparison.field import Field

WITH_TARGETS = "simple"
AT_ONCE = 10


def crowds(effort: Effort) -> list[Work]:
    """The simple page with 20 and 100 sessions; a whole run adds one session, and every page."""
    wanted = PAGES if effort.everything else (WITH_TARGETS,)
    # What one session reaches is the latency of its reruns, which is measured anyway.
    numbers = (effort.crowd, 20, 1) if effort.everything else (effort.crowd, 20)
    return [_crowd(effort, page, sessions) for page in wanted for sessions in numbers]


def _crowd(effort: Effort, page: str, sessions: int) -> Work:
    title = f"Reruns per second, {sessions} session{'s' if sessions > 1 else ''}: {PAGES[page]}"
    rate = Figure(key="rate", title=title, unit="reruns/s", more_is_better=True, base=STREAMLIT)
    cost = Figure(key="processor", title="the same, processor time of a rerun", unit="ms", base=STREAMLIT)
    memory = Figure(key="memory", title=f"Memory with {sessions} sessions open", unit="MiB", base=STREAMLIT)
    aimed_at = page == WITH_TARGETS and sessions == 20
    seconds = effort.seconds if aimed_at else effort.side_seconds
    return Work(
        name=f"crowd-{page}-{sessions}",
        figures=(rate, cost, memory) if sessions == effort.crowd else (rate, cost),
        entrants=_entrants(effort, page, sessions),
        turns=(effort.rounds + 1) // 2 if aimed_at else 1,
        aimed=(STREAMLIT, ONE) if aimed_at else (),
        side_turns=max(1, effort.side_rounds // 2),
        measure=partial(measure, page=page, sessions=sessions, seconds=seconds),
    )


def _entrants(effort: Effort, page: str, sessions: int) -> tuple[str, ...]:
    everyone = sessions < effort.crowd or (effort.everything and page == WITH_TARGETS)
    return serving_crowds(effort) if everyone else serving_large_crowds(effort)


def measure(field: Field, name: str, *, page: str, sessions: int, seconds: float) -> Figures:
    """Open the sessions, then let each run again as soon as it can."""
    return in_event_loop(_rerun_together(field.server(name), page, sessions=sessions, seconds=seconds))


async def _rerun_together(server: Server, page: str, *, sessions: int, seconds: float) -> Figures:
    async with contextlib.AsyncExitStack() as stack:
        tabs: list[Tab] = []
        while len(tabs) < sessions:
            count = min(AT_ONCE, sessions - len(tabs))
            opened = await asyncio.gather(*(Tab.open(server.base_url) for _ in range(count)))
            for tab in opened:
                stack.push_async_callback(tab.close)
            await asyncio.gather(*(tab.run(page) for tab in opened))
            tabs += opened
        memory = server.memory() / MIB
        begun, worked = time.perf_counter(), server.processor_seconds()
        counts = await asyncio.gather(*(_until(tab, begun + seconds) for tab in tabs))
        taken = time.perf_counter() - begun
        cost = (server.processor_seconds() - worked) / sum(counts)
        return {"rate": sum(counts) / taken, "processor": cost * 1000, "memory": memory}


async def _until(tab: Tab, end: float) -> int:
    count = 0
    while time.perf_counter() < end:
        await tab.press(BUTTON)
        count += 1
    return count
