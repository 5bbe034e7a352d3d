"""Streamlit's own scripts: how fast the largest one of the first view is served, and how many bytes it takes."""

from __future__ import annotations

import re
import time
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.comparison.drivers import wrk
from benchmarks.comparison.drivers.plain_http import get
from benchmarks.comparison.measured import Figure, Figures, Work
from benchmarks.comparison.work.entrants import STREAMLIT, serving_pages

if TYPE_CHECKING:
    from benchmarks.comparison.effort import Effort
    from benchmarks.comparison.field import Field

CONNECTIONS = 16
_ACCEPT = {"Accept-Encoding": wrk.BROWSER_ENCODINGS}
_SETTLE_SECONDS = 120.0
_NAMED = re.compile(rb'(?:src|href)="\./(static/js/[^"]+\.js)"')


def assets(effort: Effort) -> list[Work]:
    """One work: asked as a browser asks, which accepts compressed forms."""
    return [
        Work(
            name="asset",
            figures=(
                Figure(
                    key="rate",
                    title="Streamlit's largest script, 16 connections",
                    unit="requests/s",
                    more_is_better=True,
                    base=STREAMLIT,
                ),
                Figure(key="bytes", title="the same, bytes on the wire", unit="bytes", base=STREAMLIT),
                Figure(key="time", title="the same, one request", unit="ms", base=STREAMLIT),
            ),
            entrants=serving_pages(effort),
            turns=effort.side_rounds,
            measure=partial(measure, seconds=effort.side_seconds),
            warm=_warm,
        )
    ]


def measure(field: Field, name: str, *, seconds: float) -> Figures:
    """Load it, then ask once more by hand."""
    url = largest_script(field.server(name).base_url)
    load = wrk.load(
        url, connections=CONNECTIONS, seconds=seconds, headers=("Accept-Encoding: " + wrk.BROWSER_ENCODINGS,)
    )
    begun = time.perf_counter()
    answer = get(url, _ACCEPT)
    return {"rate": load.rate, "bytes": len(answer.body), "time": (time.perf_counter() - begun) * 1000}


def largest_script(base_url: str) -> str:
    """The URL of the largest script that the page itself names."""
    html = get(f"{base_url}/", {"Accept": "text/html"}).body
    urls = [f"{base_url}/{path.decode()}" for path in _NAMED.findall(html)]
    if not urls:
        raise RuntimeError(f"{base_url} names no script in its page: {html[:200]!r}")
    return max(urls, key=lambda url: len(get(url, _ACCEPT).body))


def settle(base_url: str, name: str) -> None:
    """Wait until a gateway that compresses in the background has done so: that happens once for an installation."""
    end = time.perf_counter() + _SETTLE_SECONDS
    compresses = name.startswith("fluxlit-") and name != "fluxlit-0.13.2"
    while compresses and get(largest_script(base_url), _ACCEPT).headers.get("content-encoding") != "br":
        if time.perf_counter() > end:
            raise TimeoutError(f"{name} sends its scripts without br after {_SETTLE_SECONDS} s")
        time.sleep(1)


def _warm(field: Field, name: str) -> None:
    settle(field.server(name).base_url, name)
