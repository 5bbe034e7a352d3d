"""A parent with several workers that share their sidecars, as `uvicorn --workers` has them.

usage: workers.py SOCKET BASE WORKERS SIDECARS [replace] [spare]

Each worker connects back and tells every change. SIGUSR1 to a worker makes it replace the sidecars, SIGTERM makes it
leave in good order; the parent starts a new one for each that ends, until it gets SIGTERM itself.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import signal
import socket
import sys
from pathlib import Path

import uvloop

from fluxlit_sidecar import ChildSpec, SharedSidecarPool, SidecarOptions, open_runtime_folder, pool_for


async def work() -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    folder = open_runtime_folder("tests", base=Path(sys.argv[2]))
    child = str(Path(__file__).with_name("child.py"))
    pool = pool_for(
        folder,
        spec=ChildSpec(command=(sys.executable, child, sys.argv[1], "good"), can_be_spare=True),
        options=SidecarOptions(
            sidecars=int(sys.argv[4]), spares=int("spare" in sys.argv), drain_timeout=0.1, probe_interval=0.2
        ),
        replace_on_restart="replace" in sys.argv,
    )
    assert isinstance(pool, SharedSidecarPool)
    line = socket.socket(socket.AF_UNIX)
    line.connect(sys.argv[1])
    line.sendall(json.dumps({"pid": os.getpid(), "worker": True, "folder": str(folder.path)}).encode() + b"\n")
    await pool.start()
    tasks: set[asyncio.Task[None]] = set()

    def replace() -> None:
        tasks.add(asyncio.ensure_future(pool.replace()))

    loop.add_signal_handler(signal.SIGUSR1, replace)
    serving = [asyncio.ensure_future(tell(pool, line)), asyncio.ensure_future(answer(pool))]
    await ended.wait()
    for task in serving:
        task.cancel()
    await asyncio.gather(*serving, return_exceptions=True)
    await pool.stop()


async def tell(pool: SharedSidecarPool, line: socket.socket) -> None:
    while True:
        names = sorted(target.name for target in pool.targets() if target.accepts_new)
        memory = {sidecar.name: sidecar.resident_memory or 0 for sidecar in pool.status().sidecars}
        states = [sidecar.state for sidecar in pool.status().sidecars]
        facts = {"state": pool.state, "names": names, "memory": memory, "states": states}
        line.sendall(json.dumps(facts).encode() + b"\n")
        await pool._news()


async def answer(pool: SharedSidecarPool) -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(str(os.getpid()).encode())
        writer.close()

    server = await asyncio.start_unix_server(serve, sock=await pool.listener("api"))
    async with server:
        await server.serve_forever()


def worker() -> None:
    # As under uvicorn, which takes uvloop where it is installed.
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())


def main() -> None:
    context = multiprocessing.get_context("spawn")
    running = {context.Process(target=worker) for _ in range(int(sys.argv[3]))}
    for process in running:
        process.start()
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: ended.append(number))
    while not ended:
        signal.sigtimedwait({signal.SIGCHLD}, 0.05)
        for process in [process for process in running if not process.is_alive()]:
            running.discard(process)
            running.add(fresh := context.Process(target=worker))
            fresh.start()
    for process in running:
        process.terminate()
    for process in running:
        process.join()


if __name__ == "__main__":
    main()
