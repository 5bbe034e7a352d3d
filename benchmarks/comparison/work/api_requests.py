"""Small API requests: an async route and one that runs in a thread, over 1, 16 and 128 connections."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.comparison.drivers import wrk
from benchmarks.comparison.drivers.plain_http import get
from benchmarks.comparison.measured import Figure, Figures, Work
from benchmarks.comparison.work.entrants import FASTAPI, OBSERVED, ONE, serving_routes

if TYPE_CHECKING:
    from benchmarks.comparison.effort import Effort
    from benchmarks.comparison.field import Field

ROUTES = {"async": "/api/hello", "sync": "/api/hello-sync"}
CONNECTIONS = (16, 1, 128)
WITH_A_TARGET = ("async", 16)
COMPARED = (FASTAPI, ONE, OBSERVED)
_WARM_UP = 50
_LEFT_OUT_WHEN_QUICK = (("sync", 1), ("sync", 128))


def api_requests(effort: Effort) -> list[Work]:
    """One work for each route and number of connections."""
    wanted = [(route, connections) for route in ROUTES for connections in CONNECTIONS]
    return [_requests(effort, *each) for each in wanted if effort.everything or each not in _LEFT_OUT_WHEN_QUICK]


# What is looked for is less than a machine's own second of slowness: many short turns, side by side, see past it.
_IN_A_ROW = 5
_OF_A_TURN = 0.4


def _requests(effort: Effort, route: str, connections: int) -> Work:
    title = f"API, {route} route, {connections} connection{'s' if connections > 1 else ''}"
    compared = COMPARED if (route, connections) == WITH_A_TARGET else ()
    seconds = effort.seconds * _OF_A_TURN if compared else effort.side_seconds
    return Work(
        name=f"api-{route}-{connections}",
        figures=(
            Figure(key="rate", title=title, unit="requests/s", more_is_better=True, base=FASTAPI),
            Figure(key="p99", title="the same, 99th percentile", unit="ms", base=FASTAPI),
            Figure(key="processor", title="the same, processor time of a request", unit="µs", base=FASTAPI),
        ),
        entrants=(*serving_routes(effort), *((OBSERVED,) if compared else ())),
        turns=effort.rounds * _IN_A_ROW if compared else effort.side_rounds,
        aimed=compared,
        side_turns=effort.side_rounds,
        measure=partial(measure, path=ROUTES[route], connections=connections, seconds=seconds),
        warm=partial(ask_a_few_times, path=ROUTES[route]),
        # Two processes of the same program differ by a tenth, by where their memory happens to lie.
        fresh=compared,
        fresh_every=_IN_A_ROW,
        together=True,
    )


def ask_a_few_times(field: Field, name: str, *, path: str) -> None:
    """Warm the path up."""
    url = field.server(name).base_url + path
    for _ in range(_WARM_UP):
        get(url)


def measure(field: Field, name: str, *, path: str, connections: int, seconds: float) -> Figures:
    """Load one path."""
    server = field.server(name)
    worked = server.processor_seconds()
    load = wrk.load(server.base_url + path, connections=connections, seconds=seconds)
    cost = (server.processor_seconds() - worked) / load.requests
    return {"rate": load.rate, "p99": load.p99_ms, "processor": cost * 1e6}
