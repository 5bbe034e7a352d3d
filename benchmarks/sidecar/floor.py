"""What Streamlit itself costs for each rerun of `page.py`: the same session object, with no server and no socket.

usage: python benchmarks/sidecar/floor.py

Runs the page in Streamlit's own `AppSession`, with the collector off and no file watcher, and takes the messages from
its queue as the server would: in one process as Streamlit is, in another with `run_costs`, in turns. What a sidecar
needs beyond this is the server, the socket and FluxLit. Prints processor time, which other work on the machine hardly
touches: the median of blocks of reruns.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from servers import PAGE
from streamlit import config
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime import Runtime, RuntimeConfig
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from fluxlit_sidecar.streamlit_server.run_costs import lower_run_costs

if TYPE_CHECKING:
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

_TURNS = 3
_BLOCKS = 5
_RERUNS = 100
_WARM = 50
_KINDS = {"as Streamlit is": "plain", "with run_costs": "lean"}


class Client:
    """Takes what the runtime sends, turned into bytes as for a socket."""

    def __init__(self) -> None:
        self.finished = asyncio.Event()

    def write_forward_msg(self, msg: ForwardMsg) -> None:
        """One message."""
        msg.SerializeToString()
        if msg.WhichOneof("type") == "script_finished":
            self.finished.set()

    @property
    def client_context(self) -> None:
        """Headers and cookies, of which there are none."""
        return


async def rerun(runtime: Runtime, session: str, client: Client, *, times: int) -> float:
    """Processor seconds of one rerun."""
    begun = time.process_time()
    for _ in range(times):
        client.finished.clear()
        runtime.get_app_session(session).request_rerun(ClientState())  # pyright: ignore[reportOptionalMemberAccess] - it has just been connected
        await client.finished.wait()
    return (time.process_time() - begun) / times


async def blocks(*, lean: bool) -> list[float]:
    """Processor seconds of a rerun, block by block."""
    for name, value in (
        ("server.fileWatcherType", "none"),
        ("runner.postScriptGC", False),
        ("browser.gatherUsageStats", False),
        ("server.headless", True),
    ):
        config.set_option(name, value)
    if lean:
        lower_run_costs()
    runtime = Runtime(
        RuntimeConfig(
            script_path=str(PAGE),
            media_file_storage=MemoryMediaFileStorage("/media"),
            uploaded_file_manager=MemoryUploadedFileManager("/upload"),
        )
    )
    await runtime.start()
    client = Client()
    session = runtime.connect_session(client, user_info={})
    await rerun(runtime, session, client, times=_WARM)
    gc.collect()
    gc.freeze()
    gc.disable()
    measured = [await rerun(runtime, session, client, times=_RERUNS) for _ in range(_BLOCKS)]
    runtime.stop()
    await runtime.stopped
    return measured


def main() -> None:
    """Let both kinds take turns, each in a process of its own; in such a process, measure one."""
    if len(sys.argv) > 1:
        print(*asyncio.run(blocks(lean=sys.argv[1] == "lean")))
        return
    measured: dict[str, list[float]] = {label: [] for label in _KINDS}
    for _ in range(_TURNS):
        for label, kind in _KINDS.items():
            told = subprocess.run([sys.executable, __file__, kind], check=True, capture_output=True, text=True).stdout
            measured[label] += map(float, told.split())
    for label, seconds in measured.items():
        print(f"{label:<16} {statistics.median(seconds) * 1000:.2f} ms, least {min(seconds) * 1000:.2f} ms")


if __name__ == "__main__":
    main()
