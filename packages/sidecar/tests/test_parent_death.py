from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 30.0
PARENT = Path(__file__).parent / "programs" / "parent.py"
SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL, signal.SIGQUIT]


async def run_and_end(callers: Any, base: Path, number: int, behaviour: str = "good") -> tuple[int, str]:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, str(PARENT), callers.path, str(base), behaviour, stderr=asyncio.subprocess.PIPE
    )
    both = [await callers.next(), await callers.next()]
    child = next(caller for caller in both if "parent" not in caller.facts)
    parent.send_signal(number)
    _, errors = await asyncio.wait_for(parent.communicate(), PATIENCE)
    await asyncio.wait_for(child.gone.wait(), PATIENCE)
    return parent.returncode or 0, errors.decode()


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
async def test_p1_no_signal_to_the_parent_leaves_a_child_or_a_file(callers: Any, folder: Any, number: int) -> None:
    code, errors = await run_and_end(callers, folder.path, number)
    assert code == (0 if number in {signal.SIGTERM, signal.SIGINT} else -number)
    assert "Traceback" not in errors
    await until_empty(folder.path)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
async def test_p1_a_signal_during_the_start_leaves_nothing_either(callers: Any, folder: Any, number: int) -> None:
    _, errors = await run_and_end(callers, folder.path, number, "never ready")
    assert "Traceback" not in errors
    await until_empty(folder.path)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
async def test_a_spare_ends_with_the_parent_too(callers: Any, folder: Any, number: int) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, str(PARENT), callers.path, str(folder.path), "with a spare"
    )
    everybody = [await callers.next() for _ in range(3)]
    assert [caller.facts.get("spare") for caller in everybody].count(True) == 1
    parent.send_signal(number)
    await asyncio.wait_for(parent.wait(), PATIENCE)
    await asyncio.wait_for(asyncio.gather(*(caller.gone.wait() for caller in everybody)), PATIENCE)
    await until_empty(folder.path)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a signal for it")
async def test_a_program_that_knows_of_no_supervisor_ends_with_it(callers: Any, folder: Any) -> None:
    await run_and_end(callers, folder.path, signal.SIGKILL, "speechless")


async def test_grandchildren_end_when_the_parent_is_killed(callers: Any, folder: Any) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, str(PARENT), callers.path, str(folder.path), "has a grandchild"
    )
    for _ in range(3):
        await callers.next()
    parent.kill()
    await parent.wait()
    await asyncio.wait_for(asyncio.gather(*(caller.gone.wait() for caller in callers.all)), PATIENCE)


async def test_a_frozen_parent_is_no_dead_parent(callers: Any, folder: Any) -> None:
    parent = await asyncio.create_subprocess_exec(sys.executable, str(PARENT), callers.path, str(folder.path))
    both = [await callers.next(), await callers.next()]
    child = next(caller for caller in both if "parent" not in caller.facts)
    parent.send_signal(signal.SIGSTOP)
    assert not child.gone.is_set()
    os.kill(child.pid, 0)
    parent.send_signal(signal.SIGCONT)
    parent.terminate()
    await asyncio.wait_for(parent.wait(), PATIENCE)


async def until_empty(base: Path) -> None:
    # A killed parent's folder is removed by its child on the way out; there is no event for a folder that vanishes.
    async with asyncio.timeout(PATIENCE):
        while [entry for entry in os.scandir(base) if entry.is_dir()]:
            await asyncio.to_thread(os.sched_yield)
