"""Processor time of a rerun through the whole stack, by process, and what one and twenty sessions get.

usage: python benchmarks/sidecar/stack.py [--rounds 3] [--page simple] [--against CHECKOUT] [--streamlit-run]

Serves the comparison's page (a title, a table, a button) with ``fluxlit run --sidecars 1`` from this environment and
presses its button, with one session and with twenty. With --against, the sources of another checkout are served with
the same libraries beside these and the two take turns: what other work does to the machine is done to both. With
--streamlit-run, ``streamlit run`` takes turns too.

Processor time is hardly touched by other work on the machine; milliseconds and reruns per second are.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.comparison.applications.bench_pages import BUTTON  # noqa: E402 - the repository's root comes first
from benchmarks.comparison.contestants.server import UI_HEALTH, Server, free_port  # noqa: E402 - as above
from benchmarks.comparison.drivers.tab import Tab, in_event_loop  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Generator

    import psutil

_WARM_RERUNS = 40
_RERUNS = 300
_SESSIONS = 20
_SECONDS = 4.0
_STREAMLIT = "streamlit run"

Figures = dict[str, list[float]]


def main() -> None:
    """Start the servers, let them take turns, print the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--page", default="simple")
    parser.add_argument("--against", type=Path, help="another checkout")
    parser.add_argument("--streamlit-run", action="store_true")
    asked = parser.parse_args()
    sources = {"here": ROOT} | ({"against": asked.against.resolve()} if asked.against else {})
    names = [*sources, *([_STREAMLIT] if asked.streamlit_run else [])]
    figures: dict[str, Figures] = {name: defaultdict(list) for name in names}
    with contextlib.ExitStack() as stack:
        servers = {name: stack.enter_context(_started(name, sources.get(name))) for name in names}
        for turn in range(asked.rounds):
            for name in names if turn % 2 == 0 else reversed(names):
                in_event_loop(_alone(servers[name], asked.page, figures[name]))
                in_event_loop(_together(servers[name], asked.page, figures[name]))
    _report(figures)


@contextlib.contextmanager
def _started(name: str, sources: Path | None) -> Generator[Server]:
    port = free_port()
    # A sidecar that waits for its turn would be counted with the one that works.
    env: dict[str, str] = {"FLUXLIT_SIDECAR_SPARES": "0"}
    if sources is not None and sources != ROOT:
        env["PYTHONPATH"] = os.pathsep.join(str(path) for path in sorted(sources.glob("packages/*/src")))
    server = Server(name.replace(" ", "-"), [UI_HEALTH], env)
    server.base_url = f"http://127.0.0.1:{port}"
    try:
        if sources is None:
            flags = ("--server.address", "127.0.0.1", "--server.port", str(port))
            server.spawn(sys.executable, "-m", "streamlit", "run", "dashboard.py", *flags)
        else:
            command = ("run", "with_fluxlit:app", "--host", "127.0.0.1", "--port", str(port), "--sidecars", "1")
            server.spawn(sys.executable, "-m", "fluxlit", *command, "--log-level", "warning")
        server.wait_until_ready()
        yield server
    finally:
        server.stop()


async def _alone(server: Server, page: str, figures: Figures) -> None:
    async with await Tab.open(server.base_url) as tab:
        await tab.run(page)
        for _ in range(_WARM_RERUNS):
            await tab.press(BUTTON)
        watch = _Watch(server)
        times: list[float] = []
        for _ in range(_RERUNS):
            begun = time.perf_counter()
            await tab.press(BUTTON)
            times.append(time.perf_counter() - begun)
        _note(figures, "1 session", watch.milliseconds(_RERUNS))
        figures["1 session: latency, ms"].append(statistics.median(times) * 1000)
        figures["1 session: least, ms"].append(min(times) * 1000)


async def _together(server: Server, page: str, figures: Figures) -> None:
    async with contextlib.AsyncExitStack() as stack:
        tabs = [await stack.enter_async_context(await Tab.open(server.base_url)) for _ in range(_SESSIONS)]
        for tab in tabs:
            await tab.run(page)
        watch, begun = _Watch(server), time.perf_counter()
        counts = await asyncio.gather(*(_press_until(tab, begun + _SECONDS) for tab in tabs))
        taken = time.perf_counter() - begun
        _note(figures, f"{_SESSIONS} sessions", watch.milliseconds(sum(counts)))
        figures[f"{_SESSIONS} sessions: reruns/s"].append(sum(counts) / taken)


async def _press_until(tab: Tab, end: float) -> int:
    count = 0
    while time.perf_counter() < end:
        await tab.press(BUTTON)
        count += 1
    return count


class _Watch:
    """Processor time from now on, by process."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._before = _processor_seconds(server)

    def milliseconds(self, reruns: int) -> dict[str, float]:
        """What one rerun took."""
        after = _processor_seconds(self._server)
        return {role: (after[role] - self._before.get(role, 0.0)) / reruns * 1000 for role in after}


def _processor_seconds(server: Server) -> dict[str, float]:
    """By what a process is for; the one that only supervises uses none."""
    seconds: dict[str, float] = defaultdict(float)
    for process in server.processes():
        seconds[_role(process)] += _processor_seconds_of(process)
    return seconds


def _processor_seconds_of(process: psutil.Process) -> float:
    """To the nanosecond where there is such a clock: what psutil reads goes in steps of 10 ms."""
    if sys.platform == "linux":
        # clock_getcpuclockid(3) of glibc and musl: the complement of the process id, and CPUCLOCK_SCHED.
        return time.clock_gettime(~process.pid << 3 | 2)
    times = process.cpu_times()
    return times.user + times.system


def _role(process: psutil.Process) -> str:
    command = " ".join(process.cmdline())
    return "sidecar" if "streamlit_server" in command else "gateway"


def _note(figures: Figures, label: str, spent: dict[str, float]) -> None:
    for role, cost in spent.items():
        figures[f"{label}: processor of the {role}, ms"].append(cost)
    figures[f"{label}: processor in all, ms"].append(sum(spent.values()))


def _report(figures: dict[str, Figures]) -> None:
    rows = list(dict.fromkeys(row for each in figures.values() for row in each))
    print(f"{'':<44}" + "".join(f"{name:>16}" for name in figures))
    for row in rows:
        cells = (f"{statistics.median(each[row]):>16.3f}" if row in each else f"{'':>16}" for each in figures.values())
        print(f"{row:<44}" + "".join(cells))


if __name__ == "__main__":
    main()
