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

from fluxlit_sidecar import ChildSpec, RuntimeFolder, SidecarOptions, SidecarPool
from fluxlit_sidecar.child import names
from fluxlit_sidecar.supervision.forerunner import start_forerunner


def tell() -> socket.socket:
    line = socket.socket(socket.AF_UNIX)
    line.connect(sys.argv[1])
    line.sendall(json.dumps({"pid": os.getpid(), "parent": True}).encode() + b"\n")
    return line


async def main() -> None:
    # A test run under nohup passes an ignored SIGHUP on to what it starts.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    behaviour = sys.argv[3] if len(sys.argv) > 3 else "good"
    here = Path(__file__).parent
    command = (sys.executable, str(here / "child.py"), sys.argv[1], behaviour)
    if behaviour == "with a forerunner":
        settings = json.dumps({"script": "/ahead.py"})
        start_forerunner((sys.executable, str(here / "ahead.py"), sys.argv[1], "good"), env={names.STREAMLIT: settings})
        line = tell()
        await ended.wait()
        return
    if behaviour == "speechless":
        command = (sys.executable, str(here / "speechless.py"), sys.argv[1], "{fd}")
    ready_when = "probed" if behaviour == "speechless" else "reported"
    with RuntimeFolder.create(base=Path(sys.argv[2])) as folder:
        spec = ChildSpec(command=command, ready_when=ready_when, can_be_spare=True)
        options = SidecarOptions(spares=1 if behaviour == "with a spare" else 0)
        async with SidecarPool(spec, options, folder=folder) as pool:
            if behaviour in {"good", "speechless", "with a spare"}:
                await pool.wait_until_ready(60)
            line = tell()
            await ended.wait()
        line.close()


asyncio.run(main())
