from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

PATIENCE = 60.0
PROGRAM = Path(__file__).parent / "programs" / "workers.py"


class Host:
    """Two workers and their sidecars."""

    def __init__(self, callers: Any, process: asyncio.subprocess.Process) -> None:
        self.callers = callers
        self.process = process
        self.workers: list[Any] = []
        self.sidecars: dict[str, Any] = {}

    async def gather(self, *, workers: int = 0, sidecars: int = 0) -> None:
        for _ in range(workers + sidecars):
            caller = await self.callers.next()
            if "worker" in caller.facts:
                self.workers.append(caller)
            else:
                self.sidecars[caller.facts["name"]] = caller

    async def agreed(self, worker: Any, *, count: int = 2, without: frozenset[str] = frozenset()) -> list[str]:
        def agrees(line: dict[str, list[str]]) -> bool:
            return len(line["names"]) == count and without.isdisjoint(line["names"])

        return (await worker.until(agrees))["names"]

    async def all_gone(self) -> None:
        await asyncio.wait_for(asyncio.gather(*(caller.gone.wait() for caller in self.callers.all)), PATIENCE)


@pytest.fixture
async def start_host(callers: Any, folder: Any) -> AsyncGenerator[Callable[..., Any]]:
    processes: list[asyncio.subprocess.Process] = []

    async def start(*extra: str) -> Host:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(PROGRAM), callers.path, str(folder.path), "2", "2", *extra
        )
        processes.append(process)
        host = Host(callers, process)
        await host.gather(workers=2, sidecars=2)
        return host

    yield start
    for process in processes:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), PATIENCE)


async def test_workers_share_one_set_of_sidecars(start_host: Any) -> None:
    host = await start_host()
    seen = [await host.agreed(worker) for worker in host.workers]
    assert seen[0] == seen[1] == sorted(host.sidecars)


async def test_a_worker_that_dies_costs_no_sidecar(start_host: Any) -> None:
    host = await start_host()
    victim, other = host.workers
    await host.agreed(other)
    os.kill(victim.pid, signal.SIGKILL)
    await asyncio.wait_for(victim.gone.wait(), PATIENCE)
    await host.gather(workers=1)
    assert await host.agreed(host.workers[2]) == sorted(host.sidecars)
    assert not any(sidecar.gone.is_set() for sidecar in host.sidecars.values())


async def test_another_supervisor_takes_over_when_the_first_is_killed(start_host: Any) -> None:
    host = await start_host()
    for worker in host.workers:
        await host.agreed(worker)
    first = dict(host.sidecars)
    os.kill(next(iter(first.values())).facts["ppid"], signal.SIGKILL)
    for sidecar in first.values():
        await asyncio.wait_for(sidecar.gone.wait(), PATIENCE)
    host.sidecars.clear()
    await host.gather(sidecars=2)
    for worker in host.workers:
        assert await host.agreed(worker, without=frozenset(first)) == sorted(host.sidecars)
    assert (await ask(host.workers[0].facts["folder"])) in {worker.pid for worker in host.workers}


def has_a_spare(line: dict[str, list[str]]) -> bool:
    return "spare" in line["states"]


async def test_a_spare_takes_the_place_of_a_sidecar_for_all_workers(start_host: Any) -> None:
    host = await start_host("spare")
    await host.gather(sidecars=1)
    (spare,) = (sidecar for sidecar in host.sidecars.values() if sidecar.facts["spare"])
    victim = next(sidecar for sidecar in host.sidecars.values() if not sidecar.facts["spare"])
    for worker in host.workers:
        assert spare.facts["name"] not in await host.agreed(worker)
        await worker.until(has_a_spare)
    os.kill(victim.pid, signal.SIGKILL)
    for worker in host.workers:
        assert spare.facts["name"] in await host.agreed(worker, without=frozenset({victim.facts["name"]}))


async def test_p1_all_end_with_the_parent_even_when_it_is_killed(start_host: Any, folder: Any) -> None:
    host = await start_host()
    host.process.kill()
    await host.process.wait()
    await host.all_gone()
    await until_empty(folder.path)


async def test_all_end_when_the_parent_stops_in_good_order(start_host: Any, folder: Any) -> None:
    host = await start_host()
    host.process.terminate()
    await asyncio.wait_for(host.process.wait(), PATIENCE)
    await host.all_gone()
    await until_empty(folder.path)


async def test_what_one_worker_replaces_is_replaced_for_all(start_host: Any) -> None:
    host = await start_host()
    for worker in host.workers:
        await host.agreed(worker)
    before = frozenset(host.sidecars)
    os.kill(host.workers[0].pid, signal.SIGUSR1)
    for worker in host.workers:
        await host.agreed(worker, without=before)


async def test_every_worker_accepts_on_the_same_socket_and_it_survives_one_of_them(start_host: Any) -> None:
    host = await start_host()
    for worker in host.workers:
        await host.agreed(worker)
    path = host.workers[0].facts["folder"]
    assert await ask(path) in {worker.pid for worker in host.workers}
    os.kill(host.workers[0].pid, signal.SIGKILL)
    await asyncio.wait_for(host.workers[0].gone.wait(), PATIENCE)
    assert await ask(path) != host.workers[0].pid


@pytest.mark.parametrize("rolls", [True, False])
async def test_p2_a_restarted_worker_finds_its_sidecars_again_and_rolls_them_only_when_asked_to(
    start_host: Any, *, rolls: bool
) -> None:
    host = await start_host(*(["replace"] if rolls else []))
    for worker in host.workers:
        await host.agreed(worker)
    before = frozenset(host.sidecars)
    os.kill(host.workers[0].pid, signal.SIGTERM)
    await host.gather(workers=1)
    fresh = host.workers[2]
    if rolls:
        await host.agreed(fresh, without=before)
    else:
        assert await host.agreed(fresh) == sorted(before)
        assert not any(sidecar.gone.is_set() for sidecar in host.sidecars.values())


async def test_every_worker_hears_of_memory_as_the_last_probe_found_it(start_host: Any, get: Any) -> None:
    host = await start_host()
    name = (await host.agreed(host.workers[0]))[0]

    def beyond(size: int) -> Callable[[dict[str, dict[str, int]]], bool]:
        return lambda line: line["memory"].get(name, 0) > size

    before = (await host.workers[0].until(beyond(0)))["memory"][name]
    await get(f"unix:{host.workers[0].facts['folder']}/{name}.sock", "/grow")
    for worker in host.workers:
        await worker.until(beyond(before + 40_000_000))


async def ask(folder: str) -> int:
    async with asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_unix_connection(f"{folder}/api.sock")
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return int(answer)


async def until_empty(base: Path) -> None:
    # The supervisor removes the folder on its way out; there is no event for a folder that vanishes.
    async with asyncio.timeout(PATIENCE):
        while [entry for entry in os.scandir(base) if entry.is_dir()]:
            await asyncio.to_thread(os.sched_yield)
