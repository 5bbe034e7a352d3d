"""A worker that leaves in good order stays on the line until its supervisor has heard so."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import TYPE_CHECKING, Any

import psutil

from fluxlit_sidecar import SharedSidecarPool
from fluxlit_sidecar.sharing.launch import SUPERVISOR_SOCKET
from fluxlit_sidecar.sharing.messages import LONGEST_LINE, decode, receive_with_sockets, send_with_sockets
from fluxlit_sidecar.sharing.workers import WorkerParent

if TYPE_CHECKING:
    from fluxlit_sidecar import RuntimeFolder

PATIENCE = 60.0


async def test_p2_a_worker_waits_until_its_supervisor_has_taken_notice(child: Any, folder: RuntimeFolder) -> None:
    parent = WorkerParent(pid=os.getpid(), started=psutil.Process().create_time())
    pool = SharedSidecarPool(child(), folder=folder, parent=parent)
    with socket.socket(socket.AF_UNIX) as door, socket.socket(socket.AF_UNIX) as api:
        door.bind(str(folder.socket_path(SUPERVISOR_SOCKET)))
        door.listen()
        door.setblocking(False)
        await pool.start()
        async with asyncio.timeout(PATIENCE):
            channel, _ = await asyncio.get_running_loop().sock_accept(door)
            assert (await receive_with_sockets(channel))[0]["type"] == "hello"
            send_with_sockets(channel, {"type": "welcome", "pid": os.getpid()}, [api])
            (await pool.listener("api")).close()
            reader, writer = await asyncio.open_connection(sock=channel, limit=LONGEST_LINE)
            stopping = asyncio.ensure_future(pool.stop())
            assert decode(await reader.readline()) == {"type": "bye"}
            # A status on its way at that moment reaches a worker that still listens, and costs nobody the farewell.
            writer.write(b'{"type": "log", "level": 10, "text": "late", "extra": {}}\n')
            await writer.drain()
            assert not (await asyncio.wait({stopping}, timeout=0.3))[0]
            writer.close()
            await stopping
            await writer.wait_closed()
    assert pool.state == "stopped"
