"""The process that runs the pages is killed (SIGKILL): how long until a new visitor sees a page again."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.comparison.drivers.tab import Tab, in_event_loop
from benchmarks.comparison.measured import Figure, Figures, Work
from benchmarks.comparison.work.entrants import STREAMLIT, recovering
from websockets.exceptions import WebSocketException

if TYPE_CHECKING:
    from benchmarks.comparison.contestants.server import Server
    from benchmarks.comparison.effort import Effort
    from benchmarks.comparison.field import Field

_PAUSE_SECONDS = 0.05


class NeverBackError(RuntimeError):
    """No page was served again within the time given."""


def recovery(effort: Effort) -> list[Work]:
    """One work; who has no supervisor stays down, which is an answer too."""
    title = "Killed (SIGKILL) until a page is served again"
    return [
        Work(
            name="recovery",
            figures=(Figure(key="time", title=title, unit="s", base=STREAMLIT),),
            entrants=recovering(effort),
            turns=1,
            measure=partial(measure, seconds=effort.recovery_seconds),
            warm=_visit_once,
        )
    ]


def measure(field: Field, name: str, *, seconds: float) -> Figures:
    """Kill one, and ask until a page comes."""
    server = field.server(name)
    victim = server.page_processes()[0]
    begun = time.perf_counter()
    victim.kill()
    try:
        in_event_loop(_until_served(server, begun + seconds))
        return {"time": time.perf_counter() - begun}
    finally:
        field.drop(name)


async def _until_served(server: Server, end: float) -> None:
    while True:
        try:
            async with asyncio.timeout_at(asyncio.get_running_loop().time() + end - time.perf_counter()):
                async with await Tab.open(server.base_url) as tab:
                    await tab.run("simple")
                return
        except (OSError, WebSocketException, TimeoutError):
            if time.perf_counter() > end:
                raise NeverBackError("stays down: no page within the time given") from None
            if not server.alive():
                raise NeverBackError("stays down: no process of it is left") from None
            await asyncio.sleep(_PAUSE_SECONDS)


def _visit_once(field: Field, name: str) -> None:
    in_event_loop(_until_served(field.server(name), time.perf_counter() + 60.0))
