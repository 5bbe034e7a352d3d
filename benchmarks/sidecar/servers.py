"""The two ways to serve the page that are compared: a sidecar, and ``streamlit run``."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp

from fluxlit_sidecar import SidecarPool, streamlit_child

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

PAGE = Path(__file__).with_name("page.py")
_START_TIMEOUT = 120.0


@contextlib.asynccontextmanager
async def sidecar() -> AsyncGenerator[tuple[str, int]]:
    """One sidecar: its address and process id."""
    async with SidecarPool(streamlit_child(PAGE)) as pool:
        await pool.wait_until_ready(_START_TIMEOUT)
        pid = pool.status().sidecars[0].pid
        assert pid is not None
        yield pool.targets()[0].address, pid


@contextlib.asynccontextmanager
async def streamlit_run() -> AsyncGenerator[tuple[str, int]]:
    """``streamlit run`` with its own defaults, but for the browser and the statistics."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    flags = ("--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "streamlit", "run", str(PAGE), *flags, "--browser.gatherUsageStats=false"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        await _until_healthy(address)
        yield address, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


async def _until_healthy(address: str) -> None:
    async with asyncio.timeout(_START_TIMEOUT), aiohttp.ClientSession() as session:
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"{address}/_stcore/health") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.1)
