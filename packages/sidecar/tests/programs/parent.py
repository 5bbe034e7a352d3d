"""A program that runs a pool, as a gateway does: SIGTERM and SIGINT end it, anything else takes it unprepared.

usage: parent.py SOCKET FOLDER [BEHAVIOUR]
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path

from fluxlit_sidecar import ChildSpec, RuntimeFolder, SidecarPool


async def main() -> None:
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    behaviour = sys.argv[3] if len(sys.argv) > 3 else "good"
    child = str(Path(__file__).with_name("child.py"))
    with RuntimeFolder.create(base=Path(sys.argv[2])) as folder:
        spec = ChildSpec(command=(sys.executable, child, sys.argv[1], behaviour))
        async with SidecarPool(spec, folder=folder) as pool:
            if behaviour == "good":
                await pool.wait_until_ready(60)
            line = socket.socket(socket.AF_UNIX)
            line.connect(sys.argv[1])
            line.sendall(json.dumps({"pid": os.getpid(), "parent": True}).encode() + b"\n")
            await ended.wait()
        line.close()


asyncio.run(main())
