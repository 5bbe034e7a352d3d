"""From ``kill -9`` of the only sidecar of ``examples/quickstart`` to its page, through the whole stack.

usage: python benchmarks/sidecar/recovery.py [ROUNDS [SPARES]]

Once without and once with a spare, or only with as many as are asked for. *served* is when a new socket is accepted
again, *page* when a run of the page has finished on it. Beside each stands the processor time that the new sidecar has
used since the kill: it says more than the clock when the machine does other work. Last comes what a spare costs: its
proportional share of memory (PSS).
"""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import sys
import time
from dataclasses import astuple, dataclass
from pathlib import Path

import httpx2 as httpx
import psutil
import websockets

from fluxlit_sidecar.streamlit_server.headless_browser import HeadlessBrowser
from fluxlit_testing import RunningServer

_QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart"
_WITHIN = 60.0
_BETWEEN_ATTEMPTS = 0.02
_SIDECAR = "fluxlit_sidecar.streamlit_server"


_MEGABYTE = 1e6


@dataclass(frozen=True)
class Figures:
    """Seconds, and processor seconds, from the kill."""

    served: float
    served_work: float
    page: float
    page_work: float
    spare_memory: int = 0


def sidecars(server: RunningServer) -> list[psutil.Process]:
    """The sidecar processes of a server, oldest first; a spare is one of them."""
    children = psutil.Process(server.process.pid).children(recursive=True)
    found = [child for child in children if child.is_running() and _SIDECAR in " ".join(_command(child))]
    return sorted(found, key=psutil.Process.create_time)


async def spare_is_there(server: RunningServer) -> None:
    """Return when a spare waits."""
    async with asyncio.timeout(_WITHIN), httpx.AsyncClient(base_url=server.base_url) as client:
        while '"spare"' not in (await client.get("/api/readyz")).text:  # noqa: ASYNC110 - another process has no event
            await asyncio.sleep(_BETWEEN_ATTEMPTS)


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _used(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


async def recover(server: RunningServer) -> Figures:
    """Kill the sidecar that serves."""
    old, *spares = sidecars(server)
    memory = sum(spare.memory_full_info().pss for spare in spares)
    before = sum(_used(spare) for spare in spares)
    begun = time.perf_counter()
    os.kill(old.pid, signal.SIGKILL)
    async with asyncio.timeout(_WITHIN):
        browser = await _connected(server.base_url, begun)
        served = time.perf_counter() - begun
        new = next(process for process in sidecars(server) if process.pid != old.pid)
        served_work = _used(new) - before
        async with browser:
            await browser.run()
        page = time.perf_counter() - begun
    return Figures(served, served_work, page, _used(new) - before, memory)


async def _connected(base_url: str, begun: float) -> HeadlessBrowser:
    while True:
        try:
            browser = await HeadlessBrowser.open(base_url)
        except (OSError, websockets.WebSocketException):
            await asyncio.sleep(_BETWEEN_ATTEMPTS)
            continue
        if time.perf_counter() - begun > 2 * _BETWEEN_ATTEMPTS:
            return browser
        # The gateway has not noticed the death yet.
        await browser.close()


async def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    shapes = [int(number) for number in sys.argv[2:3]] or [0, 1]
    for spares in shapes:
        found = [await measured(spares) for _ in range(rounds)]
        served, served_work, page, page_work, memory = (
            statistics.median(column) for column in zip(*map(astuple, found), strict=True)
        )
        print(f"with {spares} spares")
        print(f"  served after {served:.2f} s ({served_work:.2f} s of processor time)")
        print(f"  page   after {page:.2f} s ({page_work:.2f} s of processor time)")
        if spares:
            print(f"  a spare holds {memory / _MEGABYTE / spares:.0f} MB")


async def measured(spares: int) -> Figures:
    """Figures of one server."""
    with RunningServer.start(cwd=_QUICKSTART, env={"FLUXLIT_SIDECAR_SPARES": str(spares)}) as server:
        async with await HeadlessBrowser.open(server.base_url) as browser:
            await browser.run()
        if spares:
            await spare_is_there(server)
        return await recover(server)


if __name__ == "__main__":
    asyncio.run(main())
