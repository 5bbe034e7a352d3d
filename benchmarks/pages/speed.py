"""What FluxLit adds to a page's rerun, and what a page pays to call its own API.

Run with `python benchmarks/pages/speed.py [--reruns 500]`. Both contestants are served by `fluxlit run`, through the
whole stack: the same page as a page function and as a plain Streamlit script (`FluxLit(script=...)`). They are asked in
turns and medians are compared; beside them stands the processor time that the sidecar took, which a busy machine
disturbs less. Targets on an idle machine: an empty page at most 1.15 of the plain script; a GET from a page at
most 2.5 ms.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import httpx2
import psutil

from fluxlit_testing.running_server import RunningServer
from fluxlit_testing.streamlit_session import StreamlitSession

WARM_UP = 50
BODIES = {"empty page": "pass", "title, text, button": 'st.title("T"); st.text("t"); st.button("b")'}
PAGE = """
from fluxlit import FluxLit

app = FluxLit()


@app.page("/")
def home(st):
    {body}
"""
SCRIPT_APP = "from fluxlit import FluxLit\n\napp = FluxLit(script='plain.py')\n"
CALLS = """
import time

from fluxlit import FluxLit

app = FluxLit()


@app.api.get("/users")
def users() -> list[dict[str, str]]:
    return [{"name": "Ada"}]


@app.page("/")
def home(st, client):
    begin = time.perf_counter()
    client.get("/users").json()
    st.text(f"{(time.perf_counter() - begin) * 1000}")
"""


def serve(stack: ExitStack, files: dict[str, str]) -> RunningServer:
    """A server of an application of these files."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    for name, text in files.items():
        (folder / name).write_text(text)
    return stack.enter_context(RunningServer.start(cwd=folder, env={"FLUXLIT_NO_PIDFILE": "1"}))


def processor_seconds(server: RunningServer) -> float:
    """Of the sidecar, since its start."""
    pid = httpx2.get(f"{server.base_url}/api/readyz", trust_env=False).json()["sidecars"][0].get("pid")
    process = psutil.Process(pid) if pid else psutil.Process(server.process.pid).children()[0]
    times = process.cpu_times()
    return times.user + times.system


def compare(name: str, body: str, *, reruns: int) -> None:
    """One page in both forms."""
    with ExitStack() as stack:
        plain = {"app.py": SCRIPT_APP, "plain.py": f"import streamlit as st\n{body}\n"}
        servers = {
            "plain script": serve(stack, plain),
            "page function": serve(stack, {"app.py": PAGE.format(body=body)}),
        }
        tabs = {key: stack.enter_context(StreamlitSession(server.ws_url)) for key, server in servers.items()}
        for tab in tabs.values():
            for _ in range(WARM_UP):
                tab.run()
        before = {key: processor_seconds(server) for key, server in servers.items()}
        walls: dict[str, list[float]] = {key: [] for key in tabs}
        for _ in range(reruns):
            for key, tab in tabs.items():
                begin = time.perf_counter()
                tab.run()
                walls[key].append((time.perf_counter() - begin) * 1000)
        spent = {key: (processor_seconds(server) - before[key]) / reruns * 1000 for key, server in servers.items()}
    base = statistics.median(walls["plain script"])
    for key, wall in walls.items():
        median = statistics.median(wall)
        print(
            f"{name:<22}{key:<15} median {median:7.2f} ms  ratio {median / base:.3f}   "
            f"processor {spent[key]:6.2f} ms  ratio {spent[key] / spent['plain script']:.3f}"
        )


def calls(*, reruns: int) -> None:
    """The GET of a page to its own API, timed in the page."""
    with ExitStack() as stack:
        server = serve(stack, {"app.py": CALLS})
        tab = stack.enter_context(StreamlitSession(server.ws_url))
        figures = [float(tab.run().texts[0]) for _ in range(reruns)][WARM_UP:]
    print(f"{'GET from a page':<22}{'client.get':<15} median {statistics.median(figures):7.2f} ms")


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reruns", type=int, default=500)
    reruns = parser.parse_args().reruns
    for name, body in BODIES.items():
        compare(name, body, reruns=reruns)
    calls(reruns=max(reruns, 2 * WARM_UP))


if __name__ == "__main__":
    main()
