"""The first view of the quick start's page in Chromium: bytes, requests and time, as it is and on an office line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.comparison.applications.bench_pages import READY
from benchmarks.comparison.drivers.browser import OFFICE_LINE, visit
from benchmarks.comparison.measured import Figure, Figures, Work
from benchmarks.comparison.work.assets import settle
from benchmarks.comparison.work.entrants import STREAMLIT, serving_pages
from fluxlit_testing.browser import open_browser

if TYPE_CHECKING:
    from benchmarks.comparison.effort import Effort
    from benchmarks.comparison.field import Field


def first_view(effort: Effort) -> list[Work]:
    """One work."""
    return [
        Work(
            name="first-view",
            figures=(
                Figure(key="bytes", title="First view in Chromium, over the wire", unit="MB", base=STREAMLIT),
                Figure(key="requests", title="the same, requests", unit="", base=STREAMLIT),
                Figure(key="time", title="the same, until the text shows", unit="s", base=STREAMLIT),
                Figure(key="office", title="the same on 10 Mbit/s, 40 ms", unit="s", base=STREAMLIT),
            ),
            entrants=serving_pages(effort),
            turns=effort.side_rounds,
            measure=measure,
            warm=settle,
        )
    ]


def measure(field: Field, name: str) -> Figures:
    """Two visits, each with nothing in the browser's cache."""
    url = field.server(name).base_url + "/"
    with open_browser() as browser:
        plain = visit(browser, url, READY)
        office = visit(browser, url, READY, line=OFFICE_LINE)
    return {
        "bytes": plain.bytes / 1e6,
        "requests": float(plain.requests),
        "time": plain.seconds,
        "office": office.seconds,
    }
