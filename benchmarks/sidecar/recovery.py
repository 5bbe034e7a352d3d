"""From ``kill -9`` of the only sidecar of ``examples/quickstart`` to its page, through the whole stack.

usage: python benchmarks/sidecar/recovery.py [ROUNDS]

*served* is when a new socket is accepted again, *page* when a run of the page has finished on it. Beside each stands
the processor time that the new sidecar had used by then: it says more than the clock when the machine does other work.
"""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import sys
import time
from pathlib import Path

import psutil
import websockets

from fluxlit_sidecar.streamlit_server.headless_browser import HeadlessBrowser
from fluxlit_testing import RunningServer

_QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart"
_WITHIN = 60.0
_BETWEEN_ATTEMPTS = 0.02
_SIDECAR = "fluxlit_sidecar.streamlit_server"


def sidecars(server: RunningServer) -> list[psutil.Process]:
    """The sidecar processes of a server."""
    children = psutil.Process(server.process.pid).children(recursive=True)
    return [child for child in children if child.is_running() and _SIDECAR in " ".join(_command(child))]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _used(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


async def recover(server: RunningServer) -> tuple[float, float, float, float]:
    """Kill the sidecar; seconds and processor seconds until served and until the page."""
    [old] = sidecars(server)
    begun = time.perf_counter()
    os.kill(old.pid, signal.SIGKILL)
    async with asyncio.timeout(_WITHIN):
        browser = await _connected(server.base_url, begun)
        served = time.perf_counter() - begun
        [new] = sidecars(server)
        served_work = _used(new)
        async with browser:
            await browser.run()
        page = time.perf_counter() - begun
    return served, served_work, page, _used(new)


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
    figures: list[tuple[float, float, float, float]] = []
    for _ in range(rounds):
        with RunningServer.start(cwd=_QUICKSTART) as server:
            async with await HeadlessBrowser.open(server.base_url) as browser:
                await browser.run()
            figures.append(await recover(server))
    served, served_work, page, page_work = (statistics.median(column) for column in zip(*figures, strict=True))
    print(f"served after {served:.2f} s ({served_work:.2f} s of processor time)")
    print(f"page   after {page:.2f} s ({page_work:.2f} s of processor time)")


if __name__ == "__main__":
    asyncio.run(main())
