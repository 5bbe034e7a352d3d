"""What a page pays for its client: building one, and a GET to the quick start's ``/users``.

The API is FastAPI under uvicorn in a process of its own, on a Unix socket and on a TCP port; beside ours stand the HTTP
library's own client, built for each page run and built once.

Run with ``python benchmarks/client/speed.py [--gets 1500]``. Targets on an idle machine: at most 50 µs to build, at
most 2.5 ms for the GET at the median.
"""

from __future__ import annotations

import argparse
import multiprocessing
import socket
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from fluxlit_client import ApiClient, unix_base_url
from fluxlit_client.http_library import httpx

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

app = FastAPI()


class User(BaseModel):
    """As in the quick start."""

    id: int
    name: str


@app.get("/users")
def users() -> list[User]:
    """As in the quick start; the API is mounted under ``/api``."""
    return [User(id=1, name="Ada"), User(id=2, name="Grace")]


mounted = FastAPI()
mounted.mount("/api", app)


def _serve(sockets: list[socket.socket], ready: Connection) -> None:
    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready.send(True)

    Server(uvicorn.Config(mounted, log_level="error", access_log=False, ws="none")).run(sockets)


def _median_us(action: Callable[[], object], *, rounds: int) -> float:
    for _ in range(max(3, rounds // 20)):
        action()
    durations: list[float] = []
    for _ in range(rounds):
        begin = time.perf_counter_ns()
        action()
        durations.append((time.perf_counter_ns() - begin) / 1000)
    return statistics.median(durations)


def _measure(tcp: str, unix: str, *, gets: int) -> dict[str, float]:
    library = httpx.Client(base_url=tcp)
    blocking, over_tcp = ApiClient(unix, app=app), ApiClient(tcp)
    figures = {
        "build ApiClient, Unix socket": _median_us(lambda: ApiClient(unix), rounds=5000),
        "build ApiClient, https": _median_us(lambda: ApiClient("https://api.example.com/v1"), rounds=5000),
        "build ApiClient with_bearer": _median_us(lambda: blocking.with_bearer("token"), rounds=5000),
        "build httpx2.Client": _median_us(lambda: httpx.Client(base_url=tcp).close(), rounds=max(3, gets // 50)),
        "GET, ApiClient, Unix socket": _median_us(lambda: blocking.get("/users"), rounds=gets),
        "GET, ApiClient, TCP": _median_us(lambda: over_tcp.get("/users"), rounds=gets),
        "GET, new ApiClient each, Unix socket": _median_us(lambda: ApiClient(unix).get("/users"), rounds=gets),
        "GET, get_model(list[User]), Unix socket": _median_us(
            lambda: blocking.get_model("/users", list[User]), rounds=gets
        ),
        "GET, call(users), Unix socket": _median_us(lambda: blocking.call(users), rounds=gets),
        "GET, httpx2.Client kept, TCP": _median_us(lambda: library.get("users"), rounds=gets),
        "GET, new httpx2.Client each, TCP": _median_us(lambda: _one_off(tcp), rounds=max(3, gets // 50)),
    }
    library.close()
    return figures


def _one_off(base_url: str) -> None:
    with httpx.Client(base_url=base_url) as client:
        client.get("users")


def main() -> int:
    """Print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gets", type=int, default=1500, help="requests of each kind (default: 1500)")
    gets: int = parser.parse_args().gets
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="fcb-"))
        path = str(Path(folder) / "api.sock")
        tcp = stack.enter_context(closing(socket.create_server(("127.0.0.1", 0))))
        unix = stack.enter_context(closing(socket.socket(socket.AF_UNIX)))
        unix.bind(path)
        unix.listen(128)
        receiver, sender = multiprocessing.Pipe(duplex=False)
        server = multiprocessing.get_context("fork").Process(target=_serve, args=([tcp, unix], sender), daemon=True)
        server.start()
        stack.callback(server.join)
        stack.callback(server.terminate)
        receiver.recv()
        figures = _measure(f"http://127.0.0.1:{tcp.getsockname()[1]}/api", unix_base_url(path), gets=gets)
    for name, median in figures.items():
        print(f"{name:<42} {median:>10.1f} µs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
