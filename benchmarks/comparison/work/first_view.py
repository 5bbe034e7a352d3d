"""The first view of the quick start, an application of one page, in Chromium: as it is, and on an office line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.comparison.applications.bench_pages import READY
from benchmarks.comparison.drivers.browser import OFFICE_LINE, visit
from benchmarks.comparison.measured import Figure, Figures, Work
from benchmarks.comparison.work.assets import settle
from benchmarks.comparison.work.entrants import STREAMLIT, seen_in_a_browser

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
                Figure(key="time", title="First view in Chromium: until the text shows", unit="s", base=STREAMLIT),
                Figure(key="office", title="the same on 10 Mbit/s, 40 ms", unit="s", base=STREAMLIT),
                Figure(key="bytes", title="the same, over the wire until the text shows", unit="MB", base=STREAMLIT),
                Figure(key="all_bytes", title="the same, over the wire in all", unit="MB", base=STREAMLIT),
                Figure(key="requests", title="the same, requests in all", unit="", base=STREAMLIT),
            ),
            entrants=seen_in_a_browser(effort),
            turns=effort.side_rounds,
            measure=measure,
        )
    ]


def measure(field: Field, name: str) -> Figures:
    """Two visits, each with nothing in the browser's cache."""
    with field.with_one_page(name, "") as server, open_browser() as browser:
        settle(server.base_url, name)
        url = server.base_url + "/"
        plain = visit(browser, url, READY)
        office = visit(browser, url, READY, line=OFFICE_LINE)
    return {
        "bytes": plain.bytes / 1e6,
        "all_bytes": plain.all_bytes / 1e6,
        "requests": float(plain.requests),
        "time": plain.seconds,
        "office": office.seconds,
    }
