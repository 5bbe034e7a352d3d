"""What a session adds to a page's rerun through the whole stack, with SQLite; `speed.py` runs it after the stores.

One server, five pages that draw the same: without a session, with one that is read, with one that is changed, with a
model in it that is changed, and with a kept widget. A tab of each is run in turns and medians are compared; beside them
stands the processor time of the sidecar, exact on Linux: it tells more than a clock where others use the machine. The
session holds about 2 kB in 20 fields.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import httpx2
import psutil

from fluxlit_testing.running_server import RunningServer
from fluxlit_testing.streamlit_session import StreamlitSession

__all__ = ("compare_page_runs",)

WARM_UP = 30
APP = """
from typing import Annotated

from pydantic import BaseModel

from fluxlit import FluxLit, Session, SessionState

STATE = {f"field_{number}": {"label": "x" * 60, "values": [number, number + 0.5, None]} for number in range(20)}


class Cart(BaseModel):
    items: list[str] = ["tea"] * 20
    count: int = 0


app = FluxLit()


def draw(st):
    st.title("T")
    st.text_input("t", key="kept.text")
    st.button("b")


@app.page("/none")
def none(st):
    draw(st)


@app.page("/read")
def read(st, session: Session):
    if "field_0" not in session:
        session.update(STATE)
    draw(st)


@app.page("/changed")
def changed(st, session: Session):
    read(st, session)
    session["n"] = session.get("n", 0) + 1


@app.page("/model")
def model(st, session: Session, cart: Annotated[Cart, SessionState()]):
    read(st, session)
    cart.count += 1


@app.page("/kept", keep=["kept.*"])
def kept(st, session: Session):
    read(st, session)
"""
PAGES: tuple[str, ...] = ("none", "read", "changed", "model", "kept")


def compare_page_runs(*, reruns: int) -> float:
    """Print a line for each page; milliseconds that the dearest takes longer than the one without a session."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "app.py").write_text(APP)
        env = {"FLUXLIT_NO_PIDFILE": "1", "FLUXLIT_SESSION_STORE": f"sqlite:///{folder / 'sessions.db'}"}
        server = stack.enter_context(RunningServer.start(cwd=folder, env=env))
        tabs = {page: stack.enter_context(StreamlitSession(server.ws_url)) for page in PAGES}
        for page, tab in tabs.items():
            for _ in range(WARM_UP):
                tab.run(page=page)
        walls: dict[str, list[float]] = {page: [] for page in PAGES}
        spent: dict[str, list[float]] = {page: [] for page in PAGES}
        sidecar = _sidecar(server)
        for _ in range(reruns):
            for page, tab in tabs.items():
                before = _processor_ms(sidecar)
                begin = time.perf_counter()
                tab.run(page=page)
                walls[page].append((time.perf_counter() - begin) * 1000)
                spent[page].append(_processor_ms(sidecar) - before)
    processor = {page: statistics.median(values) for page, values in spent.items()}
    medians = {page: statistics.median(wall) for page, wall in walls.items()}
    for page in PAGES:
        print(
            f"{'rerun with SQLite':28} {page:22} median {medians[page]:7.3f} ms   "
            f"more {medians[page] - medians['none']:7.3f} ms   processor {processor[page]:7.3f} ms   "
            f"more {processor[page] - processor['none']:7.3f} ms"
        )
    return max(medians.values()) - medians["none"]


def _processor_ms(process: psutil.Process) -> float:
    """Milliseconds of all threads, also of those that have ended."""
    try:
        # CPUCLOCK_SCHED of another process, as clock_getcpuclockid(3) computes it.
        return time.clock_gettime((~process.pid << 3) | 2) * 1000
    except (AttributeError, OSError):
        return sum(process.cpu_times()[:2]) * 1000


def _sidecar(server: RunningServer) -> psutil.Process:
    pid = httpx2.get(f"{server.base_url}/api/readyz", trust_env=False).json()["sidecars"][0].get("pid")
    return psutil.Process(pid) if pid else psutil.Process(server.process.pid).children()[0]
