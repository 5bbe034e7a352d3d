"""Processes that wait for a sidecar to fail. A spare that a test has taken may be followed by another one."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from fluxlit_sidecar import PoolState, SidecarPool, SidecarState
from fluxlit_sidecar.supervision import sidecar as sidecar_module
from fluxlit_sidecar.supervision import slot as slot_module
from fluxlit_sidecar.supervision import spares as spares_module

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_sidecar import RuntimeFolder

PATIENCE = 60.0


def waiting(pool: SidecarPool) -> list[str]:
    return [sidecar.name for sidecar in pool.status().sidecars if sidecar.state is SidecarState.SPARE]


def has_a_spare(pool: SidecarPool) -> bool:
    return bool(waiting(pool))


def serving(name: str) -> Callable[[SidecarPool], bool]:
    return lambda pool: [target.name for target in pool.targets() if target.accepts_new] == [name]


@pytest.fixture
def soon_calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place that has failed counts as calm after a moment, so that the next spare does not take five seconds."""
    monkeypatch.setattr(slot_module, "_STABLE_AFTER", 0.05)
    monkeypatch.setattr(spares_module, "_BETWEEN_LOOKS", 0.05)


@pytest.fixture
def with_spare(pools: Any, callers: Any) -> Callable[..., Any]:
    """A pool whose spare waits, and the sidecar and the spare as they have connected back."""

    async def start(spec: Any, **options: Any) -> tuple[Any, Any, Any]:
        pool = pools(spec, spares=1, **options)
        await pool.start()
        await pool.until(has_a_spare)
        return pool, await callers.next(), await callers.next()

    return start


@pytest.mark.usefixtures("soon_calm")
async def test_a_killed_sidecar_is_replaced_by_the_spare_that_waits_and_the_next_one_follows(
    child: Any, callers: Any, with_spare: Any, get: Any
) -> None:
    pool, first, spare = await with_spare(child())
    assert (first.facts["spare"], spare.facts["spare"]) == (False, True)
    os.kill(first.pid, signal.SIGKILL)
    await pool.until(serving(spare.facts["name"]))
    assert (await get(pool.targets()[0].address, "/x"))["pid"] == spare.pid
    status = pool.status().sidecars[0]
    assert (status.pid, status.slot, status.restarts) == (spare.pid, 1, 1)
    assert pool.states(spare.facts["name"]) == ["warming", "spare", "warming", "ready"]
    following = await callers.next()
    await pool.until(has_a_spare)
    assert waiting(pool) == [following.facts["name"]]


async def test_a_spare_starts_when_all_places_serve_and_is_shown_but_is_no_target(child: Any, with_spare: Any) -> None:
    pool, first, spare = await with_spare(child())
    names = [transition.name for transition in pool.transitions]
    assert names == [first.facts["name"]] * 2 + [spare.facts["name"]] * 2
    assert [target.name for target in pool.targets()] == [first.facts["name"]]
    assert pool.state is PoolState.READY
    shown = pool.describe()["sidecars"][1]
    assert (shown["name"], shown["slot"], shown["state"]) == (spare.facts["name"], 0, "spare")
    assert shown["resident_memory"] > 0
    assert pool.status().sidecars[1].pid == spare.pid


async def test_a_sidecar_that_hangs_is_replaced_by_the_spare(child: Any, with_spare: Any) -> None:
    limits = {"probe_interval": 0.05, "probe_timeout": 0.3, "hang_timeout": 0.6, "terminate_timeout": 0.5}
    pool, first, spare = await with_spare(child(), **limits)
    os.kill(first.pid, signal.SIGSTOP)
    await pool.until(serving(spare.facts["name"]))


async def test_a_spare_that_dies_is_replaced_by_another_and_nobody_notices(
    child: Any, callers: Any, with_spare: Any, caplog: pytest.LogCaptureFixture
) -> None:
    pool, first, spare = await with_spare(child(), backoff_initial=0.01)
    os.kill(spare.pid, signal.SIGKILL)
    following = await callers.next()
    assert following.facts["spare"]
    await pool.until(has_a_spare)
    assert waiting(pool) == [following.facts["name"]]
    assert serving(first.facts["name"])(pool)
    assert pool.status().sidecars[0].restarts == 0
    assert f"the spare {spare.facts['name']} died, killed by signal 9" in caplog.text


async def test_a_child_that_cannot_wait_costs_the_pool_nothing_but_attempts_further_and_further_apart(
    child: Any, pools: Any, callers: Any, caplog: pytest.LogCaptureFixture
) -> None:
    pool = pools(child("is no good as a spare"), spares=1, backoff_initial=0.01, failure_burst=3, backoff_max=0.02)
    await pool.start()
    callers_seen = [await callers.next() for _ in range(4)]
    assert [caller.facts["spare"] for caller in callers_seen] == [False, True, True, True]
    # Three failures are a burst: the next attempt is half a minute away.
    await asyncio.wait_for(callers_seen[3].gone.wait(), PATIENCE)
    os.kill(callers_seen[0].pid, signal.SIGKILL)
    following = await callers.next()
    assert not following.facts["spare"]
    await pool.until(serving(following.facts["name"]))
    assert "not made to wait" in caplog.text


async def test_a_crash_loop_gets_one_spare_and_no_second(child: Any, callers: Any, with_spare: Any) -> None:
    pool, first, spare = await with_spare(child(), backoff_initial=0.01)
    os.kill(first.pid, signal.SIGKILL)
    await pool.until(serving(spare.facts["name"]))
    victim = spare
    for _ in range(3):
        os.kill(victim.pid, signal.SIGKILL)
        victim = await callers.next()
        assert not victim.facts["spare"]
        await pool.until(serving(victim.facts["name"]))


@pytest.mark.usefixtures("soon_calm")
async def test_a_roll_takes_no_spare_and_throws_the_present_one_away(child: Any, callers: Any, with_spare: Any) -> None:
    pool, _, spare = await with_spare(child(), drain_timeout=0.1)
    await pool.replace()
    fresh = await callers.next()
    assert not fresh.facts["spare"]
    assert serving(fresh.facts["name"])(pool)
    await asyncio.wait_for(spare.gone.wait(), PATIENCE)
    following = await callers.next()
    assert following.facts["spare"]


async def test_a_worn_sidecar_is_not_replaced_by_a_spare(child: Any, callers: Any, with_spare: Any, get: Any) -> None:
    pool, _, spare = await with_spare(child(), recycle_sessions=5, probe_interval=0.05, drain_timeout=0.1)
    await get(pool.targets()[0].address, "/no-sessions")
    fresh = await callers.next()
    assert not fresh.facts["spare"]
    await pool.until(serving(fresh.facts["name"]))
    assert not spare.gone.is_set()


async def test_a_spare_for_another_program_is_thrown_away(child: Any, callers: Any, with_spare: Any) -> None:
    pool, first, spare = await with_spare(child())
    pool.use(child())
    assert waiting(pool) == [spare.facts["name"]]
    pool.use(child("ignores SIGTERM"))
    await asyncio.wait_for(spare.gone.wait(), PATIENCE)
    following = await callers.next()
    assert "ignores SIGTERM" in following.facts["argv"]
    assert serving(first.facts["name"])(pool)


async def test_a_frozen_spare_does_not_hold_up_the_recovery(
    child: Any, callers: Any, with_spare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sidecar_module, "_SPARE_WAKES_WITHIN", 0.3)
    pool, first, spare = await with_spare(child(), backoff_initial=0.01, terminate_timeout=0.5)
    os.kill(spare.pid, signal.SIGSTOP)
    os.kill(first.pid, signal.SIGKILL)
    fresh = await callers.next()
    await pool.until(serving(fresh.facts["name"]))
    await asyncio.wait_for(spare.gone.wait(), PATIENCE)


async def test_stop_ends_the_spare_and_leaves_no_socket(child: Any, with_spare: Any, folder: RuntimeFolder) -> None:
    pool, first, spare = await with_spare(child())
    await pool.stop()
    for caller in (first, spare):
        await asyncio.wait_for(caller.gone.wait(), PATIENCE)
    assert [path for path in folder.path.iterdir() if path.suffix == ".sock"] == []


async def test_stop_ends_a_spare_that_is_being_prepared(
    child: Any, pools: Any, callers: Any, folder: RuntimeFolder
) -> None:
    pool = pools(child("never prepared"), spares=1)
    await pool.start()
    first, spare = await callers.next(), await callers.next()
    await pool.stop()
    for caller in (first, spare):
        await asyncio.wait_for(caller.gone.wait(), PATIENCE)
    assert [path for path in folder.path.iterdir() if path.suffix == ".sock"] == []


async def test_a_child_that_is_not_made_to_wait_has_no_spares(child: Any, pools: Any, callers: Any) -> None:
    pool = pools(child().model_copy(update={"can_be_spare": False}), spares=1)
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    await callers.next()
    assert [task.get_name() for task in pool._tasks] == ["fluxlit-slot-1"]
