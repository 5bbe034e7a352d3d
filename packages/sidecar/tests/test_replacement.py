from __future__ import annotations

import asyncio
import os
import signal
from typing import Any

import psutil
import pytest

from fluxlit_sidecar import PoolState, SidecarPool, SidecarStartError, Transition

PATIENCE = 60.0


def nobody_drains(pool: SidecarPool) -> bool:
    return all(sidecar.state != "draining" for sidecar in pool.status().sidecars)


def somebody_drains(pool: SidecarPool) -> bool:
    return not nobody_drains(pool)


def is_ready(pool: SidecarPool) -> bool:
    return pool.state is PoolState.READY


def is_restarting(pool: SidecarPool) -> bool:
    return pool.state is PoolState.RESTARTING


async def until_sessions_are_known(pool: SidecarPool) -> None:
    # The answer to the request may overtake the child's report; a report is no transition, so there is no event.
    async with asyncio.timeout(PATIENCE):
        while not any(sidecar.active_sessions for sidecar in pool.status().sidecars):
            await asyncio.to_thread(os.sched_yield)


async def test_replace_starts_the_fresh_one_first_and_drains_the_old_one(
    child: Any, pools: Any, callers: Any, get: Any
) -> None:
    pool = pools(child(), drain_timeout=PATIENCE)
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    old = await callers.next()
    address = pool.targets()[0].address
    await get(address, "/sessions")
    await until_sessions_are_known(pool)
    await pool.replace()
    fresh = await callers.next()
    targets = {target.name: target.accepts_new for target in pool.targets()}
    assert targets == {fresh.facts["name"]: True, old.facts["name"]: False}
    assert (await get(address, "/still-there"))["pid"] == old.pid
    await get(address, "/no-sessions")
    await asyncio.wait_for(old.gone.wait(), PATIENCE)
    await pool.until(nobody_drains)
    assert pool.states(old.facts["name"]) == ["warming", "ready", "draining", "stopped"]


async def test_a_session_that_never_ends_holds_the_drain_no_longer_than_its_timeout(
    child: Any, pools: Any, callers: Any, get: Any
) -> None:
    pool = pools(child(), drain_timeout=0.3)
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    old = await callers.next()
    await get(pool.targets()[0].address, "/sessions")
    await until_sessions_are_known(pool)
    await pool.replace()
    await asyncio.wait_for(old.gone.wait(), PATIENCE)


async def test_a_replacement_that_does_not_start_leaves_the_old_one_serving(
    child: Any, pools: Any, callers: Any
) -> None:
    pool = pools(child())
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    old = await callers.next()
    pool._spec = child("dies at once")
    with pytest.raises(SidecarStartError, match="bad flag"):
        await pool.replace()
    assert [target.name for target in pool.targets()] == [old.facts["name"]]
    assert pool.state is PoolState.READY
    assert not old.gone.is_set()
    roll = pool.describe()["roll"]
    assert (roll["number"], roll["state"]) == (1, "failed")
    assert "exit code 2" in roll["reason"]


async def test_a_roll_that_is_cancelled_is_not_shown_as_running(child: Any, pools: Any, callers: Any) -> None:
    pool = pools(child())
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    await callers.next()
    pool.use(child("never ready"))
    roll = asyncio.create_task(pool.replace())
    await callers.next()
    assert pool.describe()["roll"]["state"] == "running"
    roll.cancel()
    with pytest.raises(asyncio.CancelledError):
        await roll
    shown = pool.describe()["roll"]
    assert (shown["number"], shown["state"]) == (1, "failed")
    assert "cancelled" in shown["reason"]
    assert pool.state is PoolState.READY


async def test_replace_rolls_through_all_sidecars_and_never_has_fewer(child: Any, pools: Any, callers: Any) -> None:
    pool = pools(child(), sidecars=2, drain_timeout=0.1)
    await pool.start()
    await pool.wait_until_ready(PATIENCE, sidecars=2)
    before = {target.name for target in pool.targets()}
    counts: list[int] = []

    def count(_: Transition) -> None:
        counts.append(sum(target.accepts_new for target in pool.targets()))

    pool._listener = count
    assert pool.describe()["roll"] is None
    await pool.replace()
    assert pool.describe()["roll"] == {"number": 1, "state": "done", "reason": ""}
    assert min(counts) >= 2
    assert before.isdisjoint(target.name for target in pool.targets() if target.accepts_new)
    for _ in range(4):
        await callers.next()


@pytest.mark.parametrize(
    ("limit", "words"),
    [({"recycle_after": 0.01}, "age"), ({"recycle_memory": 1}, "bytes"), ({"recycle_sessions": 5}, "5 sessions")],
)
async def test_a_worn_sidecar_is_recycled(
    child: Any, pools: Any, callers: Any, get: Any, limit: Any, words: str
) -> None:
    pool = pools(child(), probe_interval=0.05, drain_timeout=0.1, **limit)
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    old = await callers.next()
    if "recycle_sessions" in limit:
        await get(pool.targets()[0].address, "/no-sessions")
    await callers.next()
    await asyncio.wait_for(old.gone.wait(), PATIENCE)
    drained = [transition for transition in pool.transitions if transition.after == "draining"]
    assert drained[0].name == old.facts["name"]
    assert words in drained[0].reason
    await pool.stop()


async def test_stop_with_a_shutdown_drain_lets_sessions_finish(child: Any, pools: Any, callers: Any, get: Any) -> None:
    pool = pools(child(), shutdown_drain_timeout=PATIENCE)
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    caller = await callers.next()
    address = pool.targets()[0].address
    await get(address, "/sessions")
    await until_sessions_are_known(pool)
    stopping = asyncio.ensure_future(pool.stop())
    await pool.until(somebody_drains)
    assert not caller.gone.is_set()
    await get(address, "/no-sessions")
    await asyncio.wait_for(stopping, PATIENCE)
    assert caller.gone.is_set() or await asyncio.wait_for(caller.gone.wait(), PATIENCE)


async def test_sessions_and_memory_show_in_the_status(child: Any, pools: Any, callers: Any, get: Any) -> None:
    pool = pools(child())
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    caller = await callers.next()
    await get(pool.targets()[0].address, "/sessions")
    await until_sessions_are_known(pool)
    (status,) = pool.status().sidecars
    assert (status.active_sessions, status.served_sessions, status.pid) == (1, 5, caller.pid)
    assert status.resident_memory is not None
    assert status.resident_memory <= psutil.virtual_memory().total


async def test_p4_a_killed_child_neither_ends_the_parent_nor_stays_away(child: Any, pools: Any, callers: Any) -> None:
    pool = pools(child())
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    for _ in range(3):
        caller = await callers.next()
        os.kill(caller.pid, signal.SIGKILL)
        await pool.until(is_restarting)
        assert pool.targets() == []
        await pool.until(is_ready)
    await callers.next()
