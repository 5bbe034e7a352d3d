"""The pages that every contestant serves: small ones of the kinds that people write.

Each ends with the text ``READY`` (what a browser waits for) and has a button ``Again`` (what a rerun presses).
"""

import math
import os
import time
from collections.abc import Callable, Mapping
from typing import Any

READY = "everything is here"
BUTTON = "Again"
ROWS = 1000
WIDGETS = 20
COMPUTING_SECONDS = 0.2

Get = Callable[[str], Any]


def quickstart(st: Any, get: Get) -> None:
    """As in FluxLit's quick start: a title, a table from the API, a button."""
    st.title("Dashboard")
    st.dataframe(get("/users"))
    end(st)


def simple(st: Any, _get: Get) -> None:
    """A title, a table and a button, no API call: the page that the sidecar's targets are about."""
    st.title("Benchmark")
    st.table({"city": ["Oslo", "Rome", "Lima"], "people": [700_000, 2_800_000, 10_000_000]})
    end(st)


def table(st: Any, _get: Get) -> None:
    """A data frame of a thousand rows."""
    rows = {"number": list(range(ROWS)), "root": [math.sqrt(number) for number in range(ROWS)]}
    st.dataframe({**rows, "name": [f"row {number}" for number in range(ROWS)]})
    end(st)


def chart(st: Any, _get: Get) -> None:
    """A line chart of two series."""
    st.line_chart({"sine": [math.sin(x / 20) for x in range(200)], "cosine": [math.cos(x / 20) for x in range(200)]})
    end(st)


def form(st: Any, _get: Get) -> None:
    """A form with twenty widgets."""
    with st.form("order"):
        for number in range(WIDGETS // 4):
            st.text_input(f"name {number}")
            st.number_input(f"count {number}", value=1)
            st.selectbox(f"choice {number}", ["a", "b", "c"])
            st.slider(f"level {number}", 0, 100, 50)
        st.form_submit_button("Send")
    end(st)


def calls(st: Any, get: Get) -> None:
    """Three calls of the API."""
    for number in range(3):
        st.text(f"{number}: {len(get('/users'))} users")
    end(st)


def compute(st: Any, _get: Get) -> None:
    """200 ms of work in Python."""
    until = time.thread_time() + COMPUTING_SECONDS
    total = 0
    while time.thread_time() < until:
        total += sum(range(1000))
    st.metric("total", total)
    end(st)


def upload(st: Any, _get: Get) -> None:
    """A place to drop a file."""
    st.file_uploader("file")
    end(st)


def end(st: Any) -> None:
    """What each page ends with."""
    st.button(BUTTON)
    st.text(READY)


_ALL: Mapping[str, Callable[[Any, Get], None]] = {
    "": quickstart,
    "simple": simple,
    "table": table,
    "chart": chart,
    "form": form,
    "calls": calls,
    "compute": compute,
    "upload": upload,
}
_ONLY = os.environ.get("BENCH_ONLY")
PAGES = _ALL if _ONLY is None else {_ONLY: _ALL[_ONLY]}
"""Those that are served, by URL path; ``BENCH_ONLY`` names a single one, as in an application of one page."""
