"""The contestants, each started as a process of its own: ``python servers.py ROLE [--upstream ADDRESS] [--unix PATH]``.

Prints ``ready ADDRESS`` when it accepts connections, and leaves when its standard input closes.
"""

import argparse
import asyncio
import contextlib
import logging
import os
import socket
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from fluxlit_gateway import GatewayOptions, build_gateway

CHUNK = b"x" * (1 << 16)
_PAGE = "import streamlit as st\nst.title('hello')\n"


def api() -> FastAPI:
    app = FastAPI()

    @app.get("/hello")
    async def hello() -> dict[str, str]:
        return {"hello": "world"}

    return app


async def upstream(scope: Any, receive: Any, send: Any) -> None:
    """Small answers, downloads of ``/download/<bytes>``, uploads, and WebSocket echo."""
    if scope["type"] == "websocket":
        await _echo(receive, send)
    elif scope["type"] == "http":
        await _answer(scope, receive, send)
    else:
        raise RuntimeError("no lifespan")


async def _echo(receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "bytes": message.get("bytes"), "text": message.get("text")})


async def _answer(scope: Any, receive: Any, send: Any) -> None:
    path: str = scope["path"]
    if path.startswith("/download/"):
        size = int(path.rpartition("/")[2])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % size)]})
        for _ in range(size // len(CHUNK)):
            await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
        await send({"type": "http.response.body", "body": CHUNK[: size % len(CHUNK)]})
        return
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = b"ok" if not size else b"%d" % size
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def streamlit_app() -> Any:
    from streamlit.starlette import App  # noqa: PLC0415  costs a second, and only this role needs it

    script = Path(tempfile.mkdtemp(prefix="fluxlit-bench-")) / "page.py"
    script.write_text(_PAGE, encoding="utf-8")
    return App(script)


class Server(uvicorn.Server):
    """Says where it listens, and leaves with its parent."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        # Streamlit turns uvicorn's access log on again when it starts.
        logging.getLogger("uvicorn.access").disabled = True
        logging.disable(logging.WARNING)
        print("ready", self._address, flush=True)
        asyncio.get_running_loop().add_reader(sys.stdin, self._leave)

    def _leave(self) -> None:
        self.should_exit = True
        asyncio.get_running_loop().remove_reader(sys.stdin)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals alone: Ctrl-C reaches the whole group, and the parent stops us."""
        yield


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("role", choices=["api", "gateway", "upstream", "streamlit"])
    parser.add_argument("--upstream", default="http://127.0.0.1:9")
    parser.add_argument("--unix")
    arguments = parser.parse_args()
    if arguments.unix:
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(arguments.unix)
        address = f"unix:{arguments.unix}"
    else:
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    roles: dict[str, Any] = {
        "api": api,
        "gateway": lambda: build_gateway(api=api_below("/api"), upstream=arguments.upstream, options=GatewayOptions()),
        "upstream": lambda: upstream,
        "streamlit": streamlit_app,
    }
    config = uvicorn.Config(roles[arguments.role](), log_level="warning", access_log=False, ws_max_size=1 << 27)
    if os.environ.get("PROFILE"):
        profile(config, listening, address)
    else:
        Server(config, address).run(sockets=[listening])


def api_below(_prefix: str) -> FastAPI:
    return api()


def profile(config: uvicorn.Config, listening: socket.socket, address: str) -> None:
    import cProfile  # noqa: PLC0415  only when asked to
    import pstats  # noqa: PLC0415  only when asked to

    profiler = cProfile.Profile()
    profiler.enable()
    Server(config, address).run(sockets=[listening])
    profiler.disable()
    pstats.Stats(profiler, stream=sys.stderr).sort_stats("tottime").print_stats(45)


if __name__ == "__main__":
    main()
