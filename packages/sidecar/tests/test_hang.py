from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from fluxlit_sidecar import SidecarOptions, SidecarPool
from fluxlit_sidecar.supervision.hang import HangWatch

if TYPE_CHECKING:
    from collections.abc import Iterable

PATIENCE = 60.0


def detected(worked: Iterable[float], *, answers: Iterable[int] = (), **options: Any) -> float | None:
    """When a watch gives up, in seconds, on probes of 2 s with pauses of 2 s, of which some are answered."""
    now = 0.0
    watch = HangWatch(SidecarOptions(**options), clock=lambda: now)
    good = set(answers)
    for number, seconds in enumerate(worked):
        asked, problem = now, "" if number in good else "silent"
        now += 2.0
        if watch.note(problem, asked=asked, worked=seconds):
            return now
        now += 2.0
    return None


def test_with_the_defaults_a_frozen_process_is_noticed_within_ten_seconds() -> None:
    assert detected([5.0] * 20) == pytest.approx(10.0)


def test_a_process_that_computes_is_given_a_minute() -> None:
    found = detected([4.0 * number for number in range(40)])
    assert found is not None
    assert 60.0 <= found <= 66.0


def test_a_process_that_gets_little_of_a_crowded_machine_still_counts_as_computing() -> None:
    found = detected([0.2 * number for number in range(40)])
    assert found is not None
    assert found >= 60.0


def test_a_process_that_computed_and_then_froze_is_noticed_from_there() -> None:
    assert detected([0.0, 4.0, 8.0, *[8.0] * 20]) == pytest.approx(18.0)


def test_an_answer_begins_anew() -> None:
    assert detected([0.0] * 20, answers=range(0, 20, 3)) is None


async def test_a_sidecar_that_keeps_the_interpreter_lock_is_left_alone(
    child: Any, pools: Any, callers: Any, get: Any
) -> None:
    pool: SidecarPool = pools(child(), probe_interval=0.05, probe_timeout=0.5, hang_timeout=1.5)
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    await callers.next()
    (target,) = pool.targets()
    before = target.processor_seconds
    answer = await get(target.address, "/compute")
    assert answer["name"] == target.name
    assert [status.restarts for status in pool.status().sidecars] == [0]
    # Otherwise it would have answered too soon to show anything.
    assert await asyncio.wait_for(target.probe(), PATIENCE) == ""
    assert target.processor_seconds - before > 1.0


async def test_one_that_keeps_it_beyond_the_limit_is_replaced(child: Any, pools: Any, callers: Any, get: Any) -> None:
    pool: SidecarPool = pools(child(), probe_interval=0.05, probe_timeout=0.2, hang_timeout=0.6, busy_timeout=1.0)
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    first = await callers.next()
    asked = asyncio.ensure_future(get(pool.targets()[0].address, "/compute-long"))
    await callers.next()
    await asyncio.wait_for(first.gone.wait(), PATIENCE)
    await asyncio.wait({asked})
    assert isinstance(asked.exception(), OSError)
