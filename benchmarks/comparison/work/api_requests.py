"""Small API requests: an async route and one that runs in a thread, over 1, 16 and 128 connections."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.comparison.drivers import wrk
from benchmarks.comparison.drivers.plain_http import get
from benchmarks.comparison.measured import Figure, Figures, Work
from benchmarks.comparison.work.entrants import FASTAPI, serving_routes

if TYPE_CHECKING:
    from benchmarks.comparison.effort import Effort
    from benchmarks.comparison.field import Field

ROUTES = {"async": "/api/hello", "sync": "/api/hello-sync"}
CONNECTIONS = (16, 1, 128)
WITH_A_TARGET = ("async", 16)
_WARM_UP = 50
_LEFT_OUT_WHEN_QUICK = (("sync", 1), ("sync", 128))


def api_requests(effort: Effort) -> list[Work]:
    """One work for each route and number of connections."""
    wanted = [(route, connections) for route in ROUTES for connections in CONNECTIONS]
    return [
        Work(
            name=f"api-{route}-{connections}",
            figures=(
                Figure(
                    key="rate",
                    title=f"API, {route} route, {connections} connection{'s' if connections > 1 else ''}",
                    unit="requests/s",
                    more_is_better=True,
                    base=FASTAPI,
                ),
                Figure(key="p99", title="the same, 99th percentile", unit="ms", base=FASTAPI),
                Figure(key="processor", title="the same, processor time of a request", unit="µs", base=FASTAPI),
            ),
            entrants=serving_routes(effort),
            turns=effort.rounds if (route, connections) == WITH_A_TARGET else effort.side_rounds,
            measure=partial(measure, path=ROUTES[route], connections=connections, seconds=effort.seconds),
            warm=partial(ask_a_few_times, path=ROUTES[route]),
            # Two processes of the same program differ by a tenth, by where their memory happens to lie.
            restarts=(route, connections) == WITH_A_TARGET,
        )
        for route, connections in wanted
        if effort.everything or (route, connections) not in _LEFT_OUT_WHEN_QUICK
    ]


def ask_a_few_times(field: Field, name: str, *, path: str) -> None:
    """Warm the path up."""
    url = field.server(name).base_url + path
    for _ in range(_WARM_UP):
        get(url)


def measure(field: Field, name: str, *, path: str, connections: int, seconds: int) -> Figures:
    """Load one path."""
    server = field.server(name)
    worked = server.processor_seconds()
    load = wrk.load(server.base_url + path, connections=connections, seconds=seconds)
    cost = (server.processor_seconds() - worked) / (load.rate * seconds)
    return {"rate": load.rate, "p99": load.p99_ms, "processor": cost * 1e6}
