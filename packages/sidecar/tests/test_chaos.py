from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import websockets

from fluxlit_sidecar import streamlit_child
from fluxlit_sidecar.streamlit_server.headless_browser import HeadlessBrowser

if TYPE_CHECKING:
    from collections.abc import Iterable

PATIENCE = 120.0
PROGRAMS = Path(__file__).parent / "programs"


async def kill_one_after_another(pool: Any, kills: int, *, sidecars: int, dead: set[str]) -> None:
    for _ in range(kills):
        await pool.wait_until_ready(PATIENCE, sidecars=sidecars)
        victim = random.choice([status for status in pool.status().sidecars if status.pid is not None])
        dead.add(victim.name)
        os.kill(victim.pid, signal.SIGKILL)

        def is_replaced(pool: Any, name: str = victim.name) -> bool:
            return name not in [target.name for target in pool.targets()]

        await pool.until(is_replaced)
    await pool.wait_until_ready(PATIENCE, sidecars=sidecars)


async def test_requests_to_sidecars_that_live_never_fail_while_others_are_killed(
    child: Any, pools: Any, get: Any
) -> None:
    pool = pools(child(), sidecars=2, backoff_initial=0.01, backoff_max=0.05, failure_burst=1000)
    await pool.start()
    await pool.wait_until_ready(PATIENCE, sidecars=2)
    dead: set[str] = set()
    blameless: list[str] = []
    answered = 0

    async def visit() -> None:
        nonlocal answered
        while True:
            targets = pool.targets()
            target = random.choice(targets) if targets else None
            if target is None:
                await pool.wait_until_ready(PATIENCE)
                continue
            try:
                assert (await get(target.address, "/"))["name"] == target.name
                answered += 1
            except aiohttp.ClientError as error:
                if target.name not in dead:
                    blameless.append(f"{target.name}: {error}")

    visitors = [asyncio.ensure_future(visit()) for _ in range(4)]
    await kill_one_after_another(pool, 6, sidecars=2, dead=dead)
    await end(visitors)
    assert blameless == []
    assert answered > 0
    assert len(dead) == 6


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_every_session_is_served_again_while_random_sidecars_are_killed(
    pools: Any, tmp_path: Path, folder: Any
) -> None:
    shutil.copy(PROGRAMS / "page.py", tmp_path)
    spec = streamlit_child(tmp_path / "page.py", warm_imports=(), folder=tmp_path)
    pool = pools(spec, sidecars=2, start_timeout=PATIENCE, backoff_initial=0.1, failure_burst=1000)
    await pool.start()
    await pool.wait_until_ready(PATIENCE, sidecars=2)
    dead: set[str] = set()
    lost: list[str] = []
    runs: dict[int, int] = {}

    async def visit(number: int) -> None:
        while True:
            await pool.wait_until_ready(PATIENCE)
            target = random.choice([target for target in pool.targets() if target.accepts_new])
            try:
                async with await HeadlessBrowser.open(target.address) as browser:
                    while True:
                        await browser.run()
                        runs[number] = runs.get(number, 0) + 1
            except (OSError, websockets.WebSocketException) as error:
                if target.name not in dead:
                    lost.append(f"{target.name}: {error}")

    visitors = [asyncio.ensure_future(visit(number)) for number in range(10)]
    await kill_one_after_another(pool, 12, sidecars=2, dead=dead)
    before = dict(runs)
    async with asyncio.timeout(PATIENCE):
        while not all(runs.get(number, 0) > before.get(number, 0) for number in range(10)):
            await asyncio.to_thread(os.sched_yield)
    await end(visitors)
    assert lost == []
    assert [path.name for path in folder.path.glob("*.sock") if path.stem in dead] == []


async def end(tasks: Iterable[asyncio.Task[None] | asyncio.Future[None]]) -> None:
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
