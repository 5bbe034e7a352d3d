"""What FluxLit adds to a page's rerun, and what a page pays to call its own API.

Run with `python benchmarks/pages/speed.py [--reruns 500] [--only-empty]`. Both contestants are served by `fluxlit run`,
through the whole stack: the same page as a page function and as a plain Streamlit script (`FluxLit(script=...)`). They
are asked in turns and medians are compared; beside them stands the processor time that the sidecar took, which a busy
machine disturbs less. Targets on an idle machine: an empty page at most 1.15 of the plain script; a GET from a page at
most 2.5 ms.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import psutil

from fluxlit_testing.running_server import RunningServer
from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Generator
    from concurrent.futures import Future

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


@contextlib.contextmanager
def serving(*applications: dict[str, str]) -> Generator[list[RunningServer]]:
    """A server of each application, which is given as its files; they start two at a time, and stop together."""
    with (
        tempfile.TemporaryDirectory(prefix="fluxlit-bench-") as folder,
        ThreadPoolExecutor(2) as pool,
        ExitStack() as stack,
    ):

        def serve(number: int, files: dict[str, str]) -> RunningServer:
            home = Path(folder) / str(number)
            home.mkdir()
            for name, text in files.items():
                (home / name).write_text(text)
            return RunningServer.start(cwd=home, env={"FLUXLIT_NO_PIDFILE": "1"})

        def stop(started: Future[RunningServer]) -> None:
            pool.submit(started.result().stop)

        futures = [pool.submit(serve, *each) for each in enumerate(applications)]
        for future in futures:
            stack.callback(stop, future)
        yield [future.result() for future in futures]


def processor_seconds(server: RunningServer) -> float:
    """Of the sidecar, since its start."""
    pid = httpx2.get(f"{server.base_url}/api/readyz", trust_env=False).json()["sidecars"][0].get("pid")
    process = psutil.Process(pid) if pid else psutil.Process(server.process.pid).children()[0]
    times = process.cpu_times()
    return times.user + times.system


def both_forms(body: str) -> tuple[dict[str, str], dict[str, str]]:
    """A page as a plain script, and as a page function."""
    return {"app.py": SCRIPT_APP, "plain.py": f"import streamlit as st\n{body}\n"}, {"app.py": PAGE.format(body=body)}


def compare(name: str, plain: RunningServer, function: RunningServer, *, reruns: int) -> None:
    """One page in both forms."""
    servers = {"plain script": plain, "page function": function}
    with ExitStack() as stack:
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


def calls(server: RunningServer, *, reruns: int) -> None:
    """The GET of a page to its own API, timed in the page."""
    with StreamlitSession(server.ws_url) as tab:
        figures = [float(tab.run().texts[0]) for _ in range(reruns)][WARM_UP:]
    print(f"{'GET from a page':<22}{'client.get':<15} median {statistics.median(figures):7.2f} ms")


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reruns", type=int, default=500)
    parser.add_argument("--only-empty", action="store_true", help="leave out the page with widgets")
    asked = parser.parse_args()
    bodies = list(BODIES.items())[: 1 if asked.only_empty else None]
    applications = [form for _, body in bodies for form in both_forms(body)]
    with serving(*applications, {"app.py": CALLS}) as servers:
        for number, (name, _) in enumerate(bodies):
            compare(name, servers[2 * number], servers[2 * number + 1], reruns=asked.reruns)
        calls(servers[-1], reruns=max(asked.reruns, 2 * WARM_UP))


if __name__ == "__main__":
    main()
