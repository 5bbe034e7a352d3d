"""Serves page.py inside this process, visits it once and prints what it saw as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import uvicorn

from fluxlit_sidecar import NativeStreamlit, RuntimeFolder, SidecarOptionError, streamlit_child
from fluxlit_sidecar.streamlit_server.headless_browser import HeadlessBrowser


async def visit(address: str, native: NativeStreamlit) -> dict[str, object]:
    sessions = [native.active_sessions]
    browser = await HeadlessBrowser.open(address)
    async with browser:
        messages = await browser.run()
        sessions.append(native.active_sessions)
    while native.active_sessions:
        await asyncio.to_thread(lambda: None)
    sessions.append(native.active_sessions)
    elements = [message.delta.new_element for message in messages if message.WhichOneof("type") == "delta"]
    facts = next(json.loads(element.text.body) for element in elements if element.WhichOneof("type") == "text")
    return {"facts": facts, "sessions": sessions}


async def main() -> None:
    here = Path(__file__).parent
    sys.path.insert(0, str(here))
    native = NativeStreamlit(streamlit_child(here / "page.py", setup="hook:prepare", warm_imports=()))
    before = ""
    try:
        await native({"type": "http"}, None, None)  # pyright: ignore[reportArgumentType] - refused before they are used
    except SidecarOptionError as error:
        before = str(error).rpartition("; ")[2]
    await native.start()
    with RuntimeFolder.create() as folder:
        path = str(folder.socket_path("native"))
        server = uvicorn.Server(uvicorn.Config(native, uds=path, lifespan="off", log_level="warning"))
        serving = asyncio.ensure_future(server.serve())
        while not server.started:
            await asyncio.to_thread(lambda: None)
        told = await visit(f"unix:{path}", native)
        server.should_exit = True
        await serving
    await native.stop()
    await native.stop()
    sys.stdout.write(json.dumps({"before": before, **told}) + "\n")


asyncio.run(main())
