"""An application that logs, calls its API from a page, fails on request, and counts something of its own."""

import logging
import threading
import time
from typing import Any

import structlog
from fastapi import HTTPException

from fluxlit import ApiClient, FluxLit
from fluxlit.error_reports import ErrorReport

app = FluxLit(title="Watched")
LOG = logging.getLogger("shop")
BLOCKED = threading.Event()


@app.on_error
def tell(report: ErrorReport) -> None:
    LOG.warning("reported %s %s: %s", report.kind, report.path, report.error, extra={"reported_id": report.request_id})


@app.api.get("/items/{number}")
def item(number: int) -> dict[str, int]:
    LOG.info("item %s is wanted", number)
    return {"number": number}


@app.api.get("/broken")
def broken() -> None:
    raise RuntimeError("the shelf fell down")


@app.api.get("/refused")
def refused() -> None:
    raise HTTPException(418)


@app.api.get("/stuck")
def stuck() -> None:
    BLOCKED.wait(60)


@app.api.get("/unstick")
async def unstick() -> None:
    BLOCKED.set()


@app.page("/")
def home(st: Any, client: ApiClient) -> None:
    LOG.info("home is drawn")
    structlog.get_logger("shop").info("home, structured", api_key="zq123")
    threading.Thread(target=lambda: LOG.info("from a thread of nobody")).start()
    st.title(f"Item {client.get('/items/1').json()['number']}")
    if st.button("Again"):
        st.text("again")

    @st.fragment
    def part() -> None:
        if st.button("Part"):
            LOG.info("the part is drawn")

    part()


@app.page("/failing")
def failing(st: Any) -> None:
    st.title("before")
    raise ValueError("the page is torn")


@app.page("/slow")
def slow(st: Any) -> None:
    time.sleep(0.01)
    st.text("slow")
