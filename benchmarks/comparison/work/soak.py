"""Memory over many reruns in sessions that come and go: by how much it grows from a tenth of them to the end."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.comparison.applications.bench_pages import BUTTON
from benchmarks.comparison.drivers.tab import Tab, in_event_loop
from benchmarks.comparison.effort import MIB
from benchmarks.comparison.measured import Figure, Figures, Work
from benchmarks.comparison.work.entrants import serving_pages

if TYPE_CHECKING:
    from benchmarks.comparison.contestants.server import Server
    from benchmarks.comparison.effort import Effort
    from benchmarks.comparison.field import Field

_TOGETHER = 5
_EACH = 8


def soak(effort: Effort) -> list[Work]:
    """One work; in a quick run it is left to the sidecar's own soak, which has the target."""
    if not effort.everything and effort.rounds > 1:
        return []
    return [
        Work(
            name="soak",
            figures=(
                Figure(key="growth", title="Soak: memory at the end to that after a tenth", unit=""),
                Figure(key="reruns", title="the same, reruns", unit="reruns", more_is_better=True),
                Figure(key="memory", title="the same, memory at the end", unit="MiB"),
            ),
            entrants=serving_pages(effort),
            turns=1,
            measure=partial(measure, reruns=effort.soak_reruns, seconds=effort.soak_seconds),
        )
    ]


def measure(field: Field, name: str, *, reruns: int, seconds: float) -> Figures:
    """Groups of sessions, one after another."""
    return in_event_loop(_sessions_come_and_go(field.server(name), reruns, seconds))


async def _sessions_come_and_go(server: Server, reruns: int, seconds: float) -> Figures:
    done, reference, end = 0, 0, time.perf_counter() + seconds
    while done < reruns and (time.perf_counter() < end or not reference):
        await asyncio.gather(*(_visit(server.base_url) for _ in range(_TOGETHER)))
        done += _TOGETHER * _EACH
        if not reference and (done >= reruns / 10 or time.perf_counter() >= end - seconds * 0.8):
            reference = server.memory()
    last = server.memory()
    return {"growth": last / reference if reference else None, "reruns": float(done), "memory": last / MIB}


async def _visit(base_url: str) -> None:
    async with await Tab.open(base_url) as tab:
        await tab.run("simple")
        for _ in range(_EACH - 1):
            await tab.press(BUTTON)
