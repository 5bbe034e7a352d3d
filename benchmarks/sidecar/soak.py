"""Memory of a sidecar over 2,000 reruns in 50 sessions that come and go.

usage: python benchmarks/sidecar/soak.py

Prints resident memory on the way and fails when the last figure is more than 20 % above the one after 200 reruns.
"""

from __future__ import annotations

import asyncio
import sys

import psutil
from servers import sidecar

from fluxlit_sidecar.streamlit_server.headless_browser import HeadlessBrowser, button_ids

_RERUNS = 2000
_SESSIONS = 50
_REFERENCE_AFTER = 200
_TOGETHER = 5
_ALLOWED = 1.2


async def visit(address: str, reruns: int) -> None:
    """A session that comes, presses the button and goes."""
    async with await HeadlessBrowser.open(address) as browser:
        buttons = button_ids(await browser.run())
        for _ in range(reruns - 1):
            await browser.run(pressed=buttons)


async def main() -> None:
    each = _RERUNS // _SESSIONS
    reference = last = 0
    async with sidecar() as (address, pid):
        process = psutil.Process(pid)
        for done in range(_TOGETHER, _SESSIONS + 1, _TOGETHER):
            await asyncio.gather(*(visit(address, each) for _ in range(_TOGETHER)))
            last = process.memory_info().rss
            print(f"{done * each:>6} reruns, {done:>3} sessions: {last / 2**20:8.1f} MiB")
            if not reference and done * each >= _REFERENCE_AFTER:
                reference = last
    ratio = last / reference
    print(f"after {_RERUNS} reruns: {ratio:.3f} of the figure after {_REFERENCE_AFTER} (allowed {_ALLOWED})")
    if ratio > _ALLOWED:
        sys.exit(1)


if __name__ == "__main__":
    asyncio.run(main())
