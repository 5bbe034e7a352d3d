"""Starting: from the command to the first answer, what the first visitor waits, and memory before and after that."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks.comparison.contestants.lineup import BY_NAME, UI
from benchmarks.comparison.drivers.tab import Tab, in_event_loop
from benchmarks.comparison.effort import MIB
from benchmarks.comparison.measured import Figure, Figures, Work
from benchmarks.comparison.work.entrants import ONE, STREAMLIT, all_starting

if TYPE_CHECKING:
    from benchmarks.comparison.effort import Effort
    from benchmarks.comparison.field import Field


def start(effort: Effort) -> list[Work]:
    """A fresh server each time; the last one stays up for the work that follows."""
    entrants = all_starting(effort)
    return [
        Work(
            name="start",
            figures=(
                Figure(key="ready", title="Start to ready", unit="s", base=STREAMLIT),
                Figure(key="first_visitor", title="First visitor of a fresh server", unit="ms", base=STREAMLIT),
                Figure(key="until_shown", title="Start, and the first visitor served", unit="s", base=STREAMLIT),
                Figure(key="idle", title="Memory idle, before anybody came", unit="MiB", base=STREAMLIT),
                Figure(key="visited", title="Memory after the first visitor", unit="MiB", base=STREAMLIT),
            ),
            entrants=entrants,
            turns=(effort.rounds + 1) // 2,
            aimed=(STREAMLIT, ONE),
            side_turns=effort.side_rounds,
            measure=measure,
            fresh=entrants,
        )
    ]


def measure(field: Field, name: str) -> Figures:
    """Start it, look at it, and be the first who comes."""
    server = field.server(name)
    figures: Figures = {"ready": server.ready_seconds, "idle": server.memory() / MIB}
    if UI in BY_NAME[name].serves:
        waited = in_event_loop(_visit(server.base_url))
        figures |= {
            "first_visitor": waited * 1000,
            "until_shown": server.ready_seconds + waited,
            "visited": server.memory() / MIB,
        }
    return figures


async def _visit(base_url: str) -> float:
    begun = time.perf_counter()
    async with await Tab.open(base_url) as tab:
        await tab.run("simple")
        return time.perf_counter() - begun
