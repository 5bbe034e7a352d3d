"""A gateway as a process of its own: ``gateway_child.py UPSTREAM``; tells its port, leaves when its input closes."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from typing import TYPE_CHECKING, Any

import uvicorn

from fluxlit_gateway import build_gateway

if TYPE_CHECKING:
    from collections.abc import Generator


async def api(scope: Any, receive: Any, send: Any) -> None:
    del scope, receive, send
    raise RuntimeError("not asked")


class Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        asyncio.get_running_loop().add_reader(sys.stdin, self.leave)
        print(listening.getsockname()[1], flush=True)  # noqa: T201  told to the parent

    def leave(self) -> None:
        self.should_exit = True
        asyncio.get_running_loop().remove_reader(sys.stdin)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


listening = socket.socket()
listening.bind(("127.0.0.1", 0))
config = uvicorn.Config(build_gateway(api=api, upstream=sys.argv[1]), log_level="warning", access_log=False)
Server(config).run(sockets=[listening])
