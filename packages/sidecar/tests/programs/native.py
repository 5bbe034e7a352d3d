"""Serves page.py inside this process, visits it once and prints what it saw as JSON."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from pathlib import Path

import uvicorn

from fluxlit_sidecar import NativeStreamlit, RuntimeFolder, SidecarOptionError, streamlit_child
from fluxlit_sidecar.streamlit_server.headless_browser import HeadlessBrowser


async def visit(address: str, native: NativeStreamlit) -> dict[str, object]:
    sessions = [native.active_sessions]
    browser = await HeadlessBrowser.open(address, headers={"X-User": "ada"})
    async with browser:
        messages = await browser.run()
        sessions.append(native.active_sessions)
    while native.active_sessions:
        await asyncio.to_thread(lambda: None)
    sessions.append(native.active_sessions)
    elements = [message.delta.new_element for message in messages if message.WhichOneof("type") == "delta"]
    facts = next(json.loads(element.text.body) for element in elements if element.WhichOneof("type") == "text")
    return {"facts": facts, "sessions": sessions}


def state_of_loggers() -> list[object]:
    loggers = [logging.getLogger(name) for name in ("uvicorn", "uvicorn.access", "uvicorn.error", "websockets")]
    return [[logger.level, logger.propagate, [str(handler) for handler in logger.handlers]] for logger in loggers]


async def main() -> None:
    here = Path(__file__).parent
    sys.path.insert(0, str(here))
    child = streamlit_child(
        here / "page.py",
        setup="hook:prepare",
        warm_imports=(),
        trusted_user_headers={"X-User": "login"},
        env={"OF": "it"},
    )
    native = NativeStreamlit(child)
    # What uvicorn does to logging when it is started, with a level of the user's.
    uvicorn.Config(native, log_level="warning")
    loggers = state_of_loggers()
    before = ""
    try:
        await native({"type": "http"}, None, None)  # pyright: ignore[reportArgumentType] - refused before they are used
    except SidecarOptionError as error:
        before = str(error).rpartition("; ")[2]
    await native.start()
    with RuntimeFolder.create() as folder:
        path = str(folder.socket_path("native"))
        server = uvicorn.Server(uvicorn.Config(native, uds=path, lifespan="off", log_config=None))
        serving = asyncio.ensure_future(server.serve())
        while not server.started:
            await asyncio.to_thread(lambda: None)
        told = await visit(f"unix:{path}", native)
        server.should_exit = True
        await serving
    await native.stop()
    await native.stop()
    kept = loggers == state_of_loggers()
    sys.stdout.write(json.dumps({"before": before, "loggers kept": kept, "OF": os.environ.get("OF"), **told}) + "\n")


asyncio.run(main())
