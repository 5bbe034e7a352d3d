"""Real servers and clients for the tests: uvicorn in the test's own loop, sockets that misbehave on purpose."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import shutil
import socket
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

from fluxlit_gateway import Gateway, GatewayOptions, build_gateway

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping, Sequence

# Generous: two busy cores; only a broken behaviour ever takes as long.
PATIENCE = 30.0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Running:
    """A server that accepts connections."""

    address: str
    port: int = 0

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}"


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class Servers:
    """Starts servers; all are stopped when the test is over, the last one first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[tuple[_Server, asyncio.Task[None]]] = []

    async def __call__(self, app: Any, *, unix: bool = False, **config: Any) -> Running:
        if unix:
            path = self._folder / f"{len(self._running)}.sock"
            listening = socket.socket(socket.AF_UNIX)
            listening.bind(str(path))
            running = Running(f"unix:{path}")
        else:
            listening = socket.socket()
            listening.bind(("127.0.0.1", 0))
            port = listening.getsockname()[1]
            running = Running(f"http://127.0.0.1:{port}", port)
        settings: dict[str, Any] = {
            "log_config": None,
            "access_log": False,
            "proxy_headers": False,
            "timeout_graceful_shutdown": 1,
            **config,
        }
        server = _Server(uvicorn.Config(app, **settings))
        task = asyncio.create_task(server.serve(sockets=[listening]))
        self._running.append((server, task))
        waiting = asyncio.create_task(server.is_up.wait())
        await asyncio.wait({task, waiting}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        assert server.is_up.is_set(), "the server did not start"
        return running

    async def gateway(
        self,
        upstream: Any = None,
        *,
        api: Any = None,
        options: Mapping[str, Any] | None = None,
        layers: Sequence[Any] = (),
        **config: Any,
    ) -> Running:
        return await self(self.build(upstream, api=api, options=options, layers=layers), **config)

    def build(
        self,
        upstream: Any = None,
        *,
        api: Any = None,
        options: Mapping[str, Any] | None = None,
        layers: Sequence[Any] = (),
    ) -> Gateway:
        behind = upstream.address if isinstance(upstream, Running) else upstream
        settings = GatewayOptions(**(options or {}))
        return build_gateway(api=api or report, upstream=behind, options=settings, layers=layers)

    async def stop(self) -> None:
        for server, task in reversed(self._running):
            server.should_exit = True
            await asyncio.wait_for(task, PATIENCE)
        self._running.clear()

    async def stop_one(self, running: Running) -> None:
        for entry in self._running:
            if entry[0].servers and running.address in _names(entry[0]):
                entry[0].should_exit = True
                await asyncio.wait_for(entry[1], PATIENCE)
                self._running.remove(entry)
                return
        raise AssertionError(f"{running.address} is not running")


def _names(server: _Server) -> list[str]:
    sockets = [each for listening in server.servers for each in listening.sockets]
    names = [each.getsockname() for each in sockets]
    return [f"unix:{name}" if isinstance(name, str) else f"http://127.0.0.1:{name[1]}" for name in names]


@pytest.fixture
async def servers() -> AsyncGenerator[Servers]:
    # Not tmp_path: the path of a Unix socket may have 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="fgw-"))
    running = Servers(folder)
    try:
        yield running
    finally:
        await running.stop()
        shutil.rmtree(folder)


async def read_body(receive: Any) -> tuple[bytes, bool]:
    """Return the request's body, and whether it came to its end."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return body, False
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return body, True


async def answer(
    send: Any, body: bytes = b"", *, status: int = 200, headers: list[tuple[bytes, bytes]] | None = None
) -> None:
    pairs = headers if headers is not None else [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


async def report(scope: Any, receive: Any, send: Any) -> None:
    """Answer with what was seen of the request; a WebSocket is told the same, then echoed."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    seen: dict[str, Any] = {
        "type": scope["type"],
        "method": scope.get("method"),
        "path": scope["path"],
        "raw_path": scope["raw_path"].decode("latin-1"),
        "root_path": scope["root_path"],
        "query": scope["query_string"].decode("latin-1"),
        "scheme": scope["scheme"],
        "http_version": scope["http_version"],
        "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]],
        "subprotocols": scope.get("subprotocols"),
    }
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept", "subprotocol": (scope["subprotocols"] or [None])[0]})
        await send({"type": "websocket.send", "text": json.dumps(seen)})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message.get("text"), "bytes": message.get("bytes")})
        return
    body, is_complete = await read_body(receive)
    seen |= {"length": len(body), "sha": hashlib.sha256(body).hexdigest(), "complete": is_complete}
    await answer(send, json.dumps(seen).encode())


@pytest.fixture
def report_app() -> Any:
    return report


@dataclass
class Raw:
    """A TCP server that does with each connection what the test says."""

    address: str
    heads: list[bytes] = field(default_factory=list[bytes])


@pytest.fixture
async def raw_upstream() -> AsyncGenerator[Callable[..., Awaitable[Raw]]]:
    """Start one with ``await raw_upstream(serve)``; ``serve(reader, writer)`` runs once the request's head is read."""
    tasks: set[asyncio.Task[None]] = set()
    listening: list[asyncio.Server] = []

    async def start(serve: Any) -> Raw:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                raw.heads.append(await reader.readuntil(b"\r\n\r\n"))
                await serve(reader, writer)
            writer.close()

        server = await asyncio.start_server(connected, "127.0.0.1", 0, limit=1 << 20)
        listening.append(server)
        raw = Raw(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        return raw

    yield start
    for server in listening:
        server.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class RawClient:
    """A TCP connection to a server under test."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, *lines: str | bytes) -> None:
        """Send lines of a head and the empty line after them."""
        self.writer.write(b"\r\n".join([line.encode() if isinstance(line, str) else line for line in lines]))
        self.writer.write(b"\r\n\r\n")
        await self.writer.drain()

    async def head(self) -> str:
        return (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE)).decode("latin-1")

    async def rest(self) -> bytes:
        return await asyncio.wait_for(self.reader.read(), PATIENCE)

    async def exactly(self, size: int) -> bytes:
        return await asyncio.wait_for(self.reader.readexactly(size), PATIENCE)


@pytest.fixture
async def connect() -> AsyncGenerator[Callable[[Running], Awaitable[RawClient]]]:
    """Open raw connections with ``await connect(running)``."""
    writers: list[asyncio.StreamWriter] = []

    async def start(running: Running) -> RawClient:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writers.append(writer)
        return RawClient(reader, writer)

    yield start
    for writer in writers:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@pytest.fixture
def patience() -> float:
    return PATIENCE
