from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from fluxlit_sidecar import PoolState, SidecarPool, SidecarStartError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_sidecar import RuntimeFolder

PATIENCE = 30.0


def is_ready(pool: SidecarPool) -> bool:
    return pool.state is PoolState.READY


def has_failed(pool: SidecarPool) -> bool:
    return pool.state is PoolState.FAILED


def serving(name: str) -> Callable[[SidecarPool], bool]:
    return lambda pool: [target.name for target in pool.targets() if target.accepts_new] == [name]


async def test_a_sidecar_goes_from_starting_over_warming_to_ready_and_serves(child: Any, pools: Any, get: Any) -> None:
    pool = pools(child())
    await pool.start()
    assert pool.state is PoolState.STARTING
    await pool.wait_until_ready(PATIENCE)
    (target,) = pool.targets()
    assert pool.states(target.name) == ["warming", "ready"]
    assert (await get(target.address, "/x"))["name"] == target.name
    assert target.accepts_new
    assert pool.state == "ready"


async def test_stop_ends_the_child_and_leaves_no_socket(
    child: Any, pools: Any, callers: Any, folder: RuntimeFolder
) -> None:
    pool = pools(child())
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    caller = await callers.next()
    await pool.stop()
    await asyncio.wait_for(caller.gone.wait(), PATIENCE)
    assert [path for path in folder.path.iterdir() if path.suffix == ".sock"] == []
    assert pool.state is PoolState.STOPPED
    assert pool.targets() == []


@pytest.mark.parametrize("anyio_backend", [("asyncio", {"use_uvloop": uvloop}) for uvloop in (False, True)])
async def test_a_killed_sidecar_is_replaced_at_once_under_a_new_name(
    child: Any, pools: Any, callers: Any, folder: RuntimeFolder
) -> None:
    pool = pools(child())
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    first = await callers.next()
    os.kill(first.pid, signal.SIGKILL)
    second = await callers.next()
    await pool.until(serving(second.facts["name"]))
    assert second.facts["name"] != first.facts["name"]
    assert not folder.socket_path(first.facts["name"]).exists()
    assert "backing_off" not in pool.states(first.facts["name"])
    assert pool.status().sidecars[0].restarts == 1


async def test_a_child_that_dies_while_starting_is_noticed_at_once_with_its_last_words(child: Any, pools: Any) -> None:
    pool = pools(child("dies at once"))
    await pool.start()
    with pytest.raises(SidecarStartError, match=r"exit code 2(.|\n)*bad flag --no.such.flag") as raised:
        await pool.wait_until_ready(PATIENCE)
    assert raised.value.last_output == ("bad flag --no.such.flag",)


async def test_a_child_that_says_why_it_cannot_start_is_quoted(child: Any, pools: Any) -> None:
    pool = pools(child("says why not"))
    await pool.start()
    with pytest.raises(SidecarStartError, match="the app cannot be imported"):
        await pool.wait_until_ready(PATIENCE)


async def test_a_command_that_does_not_exist_is_a_start_error(child: Any, pools: Any) -> None:
    spec = child().model_copy(update={"command": ("/no/such/program",)})
    pool = pools(spec)
    await pool.start()
    with pytest.raises(SidecarStartError, match="/no/such/program"):
        await pool.wait_until_ready(PATIENCE)


async def test_a_child_that_is_never_ready_is_given_up_after_the_start_timeout(
    child: Any, pools: Any, callers: Any
) -> None:
    pool = pools(child("never ready"), start_timeout=1.0)
    await pool.start()
    with pytest.raises(SidecarStartError, match=r"not ready within 1 s"):
        await pool.wait_until_ready(PATIENCE)
    caller = await callers.next()
    await asyncio.wait_for(caller.gone.wait(), PATIENCE)


async def test_a_child_that_says_ready_but_fails_its_probe_is_a_start_error(child: Any, pools: Any) -> None:
    pool = pools(child("broken"))
    await pool.start()
    with pytest.raises(SidecarStartError, match="answered 503"):
        await pool.wait_until_ready(PATIENCE)


async def test_a_burst_of_failures_makes_the_pool_say_failed_with_the_reason_and_it_keeps_trying(
    child: Any, pools: Any, callers: Any
) -> None:
    pool = pools(
        child("dies at once"), failure_burst=3, backoff_initial=0.01, backoff_max=0.02, failed_retry_interval=0.05
    )
    await pool.start()
    await pool.until(has_failed)
    description = pool.describe()
    assert "exit code 2" in description["reason"]
    assert description["sidecars"][0]["state"] == "failed"
    assert "backing_off" in [transition.after for transition in pool.transitions]
    for _ in range(5):
        await callers.next()


async def test_a_child_that_hangs_is_replaced(child: Any, pools: Any, callers: Any, get: Any) -> None:
    pool = pools(child(), probe_interval=0.05, probe_timeout=0.3, hang_timeout=0.6)
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    first = await callers.next()
    hanging = asyncio.ensure_future(get(pool.targets()[0].address, "/hang"))
    second = await callers.next()
    await asyncio.wait_for(first.gone.wait(), PATIENCE)
    with pytest.raises(aiohttp.ClientError):
        await hanging
    assert second.pid != first.pid
    await pool.until(is_ready)


async def test_a_frozen_child_is_replaced(child: Any, pools: Any, callers: Any) -> None:
    pool = pools(child(), probe_interval=0.05, probe_timeout=0.3, hang_timeout=0.6, terminate_timeout=0.5)
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    first = await callers.next()
    os.kill(first.pid, signal.SIGSTOP)
    await callers.next()
    await asyncio.wait_for(first.gone.wait(), PATIENCE)


async def test_a_child_that_ignores_sigterm_is_killed(child: Any, pools: Any, callers: Any) -> None:
    pool = pools(child("ignores SIGTERM"), terminate_timeout=0.3)
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    caller = await callers.next()
    await asyncio.wait_for(pool.stop(), PATIENCE)
    await asyncio.wait_for(caller.gone.wait(), PATIENCE)


@pytest.mark.parametrize("ending", ["stop", "kill"])
async def test_grandchildren_end_with_the_sidecar(child: Any, pools: Any, callers: Any, ending: str) -> None:
    pool = pools(child("has a grandchild"), terminate_timeout=0.3)
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    both = [await callers.next(), await callers.next()]
    grandchild = next(caller for caller in both if "grandchild" in caller.facts)
    sidecar = next(caller for caller in both if "grandchild" not in caller.facts)
    if ending == "stop":
        await pool.stop()
    else:
        os.kill(sidecar.pid, signal.SIGKILL)
    await asyncio.wait_for(grandchild.gone.wait(), PATIENCE)


async def test_a_stop_while_starting_leaves_no_child(child: Any, pools: Any, callers: Any) -> None:
    pool = pools(child("never ready"))
    await pool.start()
    caller = await callers.next()
    await pool.stop()
    await asyncio.wait_for(caller.gone.wait(), PATIENCE)


async def test_several_sidecars_have_names_of_their_own_and_one_death_touches_no_other(
    child: Any, pools: Any, callers: Any
) -> None:
    pool = pools(child(), sidecars=3)
    await pool.start()
    await pool.wait_until_ready(PATIENCE, sidecars=3)
    by_name = {caller.facts["name"]: caller for caller in [await callers.next() for _ in range(3)]}
    assert len(by_name) == 3
    victim, *others = pool.targets()
    os.kill(by_name[victim.name].pid, signal.SIGKILL)
    await callers.next()
    await pool.wait_until_ready(PATIENCE, sidecars=3)
    assert {other.name for other in others} < {target.name for target in pool.targets()}
    assert not any(by_name[other.name].gone.is_set() for other in others)


async def test_wait_until_ready_names_the_states_when_its_time_is_over(child: Any, pools: Any) -> None:
    pool = pools(child("never ready"))
    await pool.start()
    with pytest.raises(SidecarStartError, match=r"within 0.5 s; they are: s1\S* (starting|warming)"):
        await pool.wait_until_ready(0.5)


async def test_a_pool_that_is_not_started_is_stopped_and_a_listener_hears_every_transition(child: Any) -> None:
    heard: list[str] = []
    pool = SidecarPool(child(), on_transition=lambda transition: heard.append(transition.after.value))
    assert pool.state is PoolState.STOPPED
    async with pool:
        await pool.wait_until_ready(PATIENCE)
    assert heard == ["warming", "ready", "stopped"]


def test_meets_the_words_of_the_gateway() -> None:
    assert [state.value for state in PoolState] == ["starting", "ready", "restarting", "failed", "stopped"]


async def test_p8_a_request_that_never_ends_does_not_hold_the_stop(
    child: Any, pools: Any, callers: Any, get: Any
) -> None:
    pool = pools(child("ignores SIGTERM"), terminate_timeout=0.3)
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    caller = await callers.next()
    endless = asyncio.ensure_future(get(pool.targets()[0].address, "/hang"))
    await asyncio.wait_for(pool.stop(), PATIENCE)
    assert caller.gone.is_set() or await asyncio.wait_for(caller.gone.wait(), PATIENCE)
    with pytest.raises(aiohttp.ClientError):
        await endless
