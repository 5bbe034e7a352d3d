"""Round trips over WebSockets, 1 KiB to 16 MiB: of a route that echoes, and over Streamlit's own socket."""

from __future__ import annotations

import statistics
import time
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.comparison.drivers.tab import Tab, in_event_loop
from benchmarks.comparison.drivers.websocket_echo import round_trip_ms
from benchmarks.comparison.effort import MIB
from benchmarks.comparison.measured import Figure, Figures, Work
from benchmarks.comparison.work.entrants import FASTAPI, STREAMLIT, sent_large_messages, serving_pages, serving_routes

if TYPE_CHECKING:
    from benchmarks.comparison.effort import Effort
    from benchmarks.comparison.field import Field

# The largest leaves room for what is around it: uvicorn refuses messages above 16 MiB unless told otherwise.
SIZES = {"1 KiB": 1 << 10, "64 KiB": 1 << 16, "1 MiB": MIB, "16 MiB": 16 * MIB - (1 << 10)}
_QUICK = ("1 KiB", "16 MiB")
_MOST = 2000


def websocket_echo(effort: Effort) -> list[Work]:
    """Two works for each size."""
    works: list[Work] = []
    for title, size in SIZES.items():
        if not effort.everything and title not in _QUICK:
            continue
        key = title.replace(" ", "").lower()
        seconds = effort.side_seconds / 2
        works += [
            Work(
                name=f"route-echo-{key}",
                figures=(Figure(key="time", title=f"WebSocket route, echo of {title}", unit="ms", base=FASTAPI),),
                entrants=serving_routes(effort),
                turns=effort.side_rounds,
                measure=partial(_route, size=size, seconds=seconds),
                warm=partial(_route, size=size, seconds=0.0),
            ),
            Work(
                name=f"page-echo-{key}",
                figures=(Figure(key="time", title=f"Streamlit's socket, echo of {title}", unit="ms", base=STREAMLIT),),
                entrants=sent_large_messages(effort) if size > MIB else serving_pages(effort),
                turns=effort.side_rounds,
                measure=partial(_page, size=size, seconds=seconds),
                warm=partial(_page, size=size, seconds=0.0),
            ),
        ]
    return works


def _route(field: Field, name: str, *, size: int, seconds: float) -> Figures:
    url = f"ws{field.server(name).base_url.removeprefix('http')}/api/echo"
    return {"time": in_event_loop(round_trip_ms(url, size=size, seconds=seconds, at_most=_MOST))}


def _page(field: Field, name: str, *, size: int, seconds: float) -> Figures:
    return {"time": in_event_loop(_echo_over_tab(field.server(name).base_url, size, seconds))}


async def _echo_over_tab(base_url: str, size: int, seconds: float) -> float:
    times: list[float] = []
    async with await Tab.open(base_url) as tab:
        await tab.run("simple")
        end = time.perf_counter() + seconds
        while len(times) < 3 or (len(times) < _MOST and time.perf_counter() < end):
            begun = time.perf_counter()
            await tab.echo(size)
            times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1000
