"""A browser's WebSocket in a sidecar: whatever comes in whatever pieces, and who is written to how."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.protocols.utils import ClientDisconnected
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from fluxlit_sidecar.streamlit_server.browser_socket import protocol
from fluxlit_sidecar.streamlit_server.browser_socket.client_frames import ClientFrames
from fluxlit_sidecar.streamlit_server.browser_socket.protocol import EXTENSION, BrowserSocket, websocket_implementation

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

PATIENCE = 30.0
SMALL = 4096
SIZES = st.sampled_from([0, 1, 5, 125, 126, 127, SMALL, SMALL + 1, 65535, 65536])
OPCODES = st.sampled_from([Opcode.TEXT, Opcode.BINARY, Opcode.BINARY, Opcode.CONT, Opcode.PING])


@given(
    st.lists(st.tuples(OPCODES, SIZES, st.booleans(), st.booleans()), max_size=6),
    st.lists(st.integers(1, 400), min_size=1, max_size=5),
)
def test_nothing_is_lost_or_moved_however_the_bytes_are_cut(
    parts: list[tuple[Opcode, int, bool, bool]], cuts: list[int]
) -> None:
    expected: list[bytes] = []
    stream, is_in_message = b"", False
    passed_on = b""
    for opcode, size, fin, masked in parts:
        is_control = opcode is Opcode.PING
        frame = Frame(opcode, b"\x5a" * (min(size, 125) if is_control else size), fin=fin or is_control)
        data = frame.serialize(mask=masked)
        stream += data
        if opcode is Opcode.BINARY and fin and masked and size <= SMALL and not is_in_message:
            expected.append(bytes(frame.data))
        else:
            passed_on += data
            if opcode in {Opcode.TEXT, Opcode.BINARY}:
                is_in_message = not fin
            elif opcode is Opcode.CONT and fin:
                is_in_message = False
    frames = ClientFrames()
    pieces: list[tuple[bool, bytes]] = []
    position, number = 0, 0
    while position < len(stream):
        # Large frames in few steps, small cuts around the heads.
        size = cuts[number % len(cuts)] if number < 40 else 50_000
        pieces += frames.split(stream[position : position + size])
        position, number = position + size, number + 1
    assert [piece for is_message, piece in pieces if is_message] == expected
    assert b"".join(piece for is_message, piece in pieces if not is_message) + frames.remainder() == passed_on


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()


@pytest.fixture
async def serve() -> AsyncGenerator[Callable[..., Awaitable[str]]]:
    """Serve an application with the sockets of a sidecar: ``await serve(app)`` is its address."""
    running: list[tuple[_Server, asyncio.Task[None]]] = []

    async def start(app: Any, ws: type[BrowserSocket] = BrowserSocket) -> str:
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        settings: dict[str, Any] = {"ws": ws, "ws_per_message_deflate": False, "ws_max_size": 1 << 27}
        server = _Server(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1, **settings))
        # Past what catches signals.
        task = asyncio.create_task(server._serve([listening]))
        running.append((server, task))
        await asyncio.wait_for(server.is_up.wait(), PATIENCE)
        return f"ws://127.0.0.1:{listening.getsockname()[1]}/"

    yield start
    for server, task in running:
        server.should_exit = True
        await asyncio.wait_for(task, PATIENCE)


async def echo(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        data = message.get("bytes")
        if data == b"together":
            scope["extensions"][EXTENSION].write_together([b"", b"a" * 125, b"b" * 126, b"c" * 70_000])
        elif data == b"close":
            await send({"type": "websocket.close", "code": 4000})
            with pytest.raises(ClientDisconnected):
                scope["extensions"][EXTENSION].write_together([b"late"])
        else:
            await send({"type": "websocket.send", "bytes": data, "text": message.get("text")})


def client(url: str) -> Any:
    return open_socket(url, proxy=None, compression=None, max_size=None)


async def test_small_and_large_messages_fragments_and_texts_come_in_order(serve: Any) -> None:
    sent: list[str | bytes] = [b"", b"x", "ünï", b"y" * SMALL, b"z" * (SMALL + 1), b"w" * (1 << 26), "", b"last"]
    async with asyncio.timeout(PATIENCE), client(await serve(echo)) as browser:
        for message in sent:
            await browser.send(message)
        assert [await browser.recv() for _ in sent] == sent
        await browser.send([b"in ", b"several ", b"frames"])
        await browser.send(b"after")
        assert [await browser.recv(), await browser.recv()] == [b"in several frames", b"after"]
        await (await browser.ping())


async def test_what_is_written_together_arrives_as_separate_messages(serve: Any) -> None:
    async with asyncio.timeout(PATIENCE), client(await serve(echo)) as browser:
        await browser.send(b"together")
        await browser.send(b"next")
        received = [await browser.recv() for _ in range(5)]
        assert received == [b"", b"a" * 125, b"b" * 126, b"c" * 70_000, b"next"]


async def test_after_a_close_frame_nothing_is_written(serve: Any) -> None:
    async with asyncio.timeout(PATIENCE), client(await serve(echo)) as browser:
        await browser.send(b"close")
        with pytest.raises(ConnectionClosed):
            await browser.recv()
        assert browser.close_code == 4000


async def test_an_application_that_takes_nothing_stops_the_reading(serve: Any) -> None:
    waiting: list[int] = []
    is_paused, go = asyncio.Event(), asyncio.Event()

    class Watched(BrowserSocket):
        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.read_paused:
                waiting.append(self.queue.qsize())
                is_paused.set()

    async def slow(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await go.wait()
        count = 1
        while (await receive())["bytes"] != b"end":
            count += 1
        await send({"type": "websocket.send", "bytes": b"%d" % count})
        await receive()

    async with asyncio.timeout(PATIENCE), client(await serve(slow, Watched)) as browser:

        async def flood() -> None:
            for _ in range(20_000):
                await browser.send(b"x" * 1000)
            await browser.send(b"end")

        flooding = asyncio.create_task(flood())
        await is_paused.wait()
        go.set()
        assert await browser.recv() == b"20001"
        await flooding
        assert max(waiting) < 1000


def test_a_uvicorn_with_other_ways_keeps_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert websocket_implementation() is BrowserSocket

    class Other:
        def data_received(self, data: bytes) -> None:
            """Do it in some other way."""

    monkeypatch.setattr(protocol, "WebSocketsSansIOProtocol", Other)
    assert websocket_implementation() == "websockets-sansio"
