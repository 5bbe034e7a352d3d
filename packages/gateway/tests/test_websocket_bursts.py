"""Messages that an upstream sends in one piece: together to the browser, one by one for whoever looks at them."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.asyncio.client import connect as open_socket
from websockets.frames import Close, Frame, Opcode

from fluxlit_gateway.observability.metered_socket import metered_socket

if TYPE_CHECKING:
    from collections.abc import Sequence

MESSAGES: list[str | bytes] = ["é", b"", b"x" * 125, "y" * 126, b"z" * 40_000, "", b"v" * 70_000, b"last"]


def frame(message: str | bytes) -> bytes:
    is_text = isinstance(message, str)
    data = message.encode() if isinstance(message, str) else message
    return Frame(Opcode.TEXT if is_text else Opcode.BINARY, data).serialize(mask=False)


class OnePiece:
    """A raw upstream that sends these messages and a close frame with its answer to the handshake."""

    def __init__(self, messages: Sequence[str | bytes]) -> None:
        self.frames = b"".join(map(frame, messages)) + Frame(Opcode.CLOSE, Close(1000, "done").serialize()).serialize(
            mask=False
        )
        self.raw: Any = None

    async def __call__(self, reader: Any, writer: Any) -> None:
        head = self.raw.heads[-1].decode("latin-1")
        key = next(line.partition(": ")[2] for line in head.split("\r\n") if line.startswith("sec-websocket-key"))
        accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n" + self.frames
        )
        await writer.drain()
        # The gateway's close frame.
        await reader.read(65536)


@pytest.fixture
def gateway_before(servers: Any, raw_upstream: Any) -> Any:
    """Start a gateway before an upstream that sends messages in one piece: ``await gateway_before(messages)``."""

    async def start(messages: Sequence[str | bytes], **settings: Any) -> Any:
        upstream = OnePiece(messages)
        upstream.raw = await raw_upstream(upstream)
        return await servers.gateway(upstream.raw.address, **settings)

    return start


async def heard(gateway: Any, patience: float, *, compression: str | None = None) -> list[str | bytes]:
    """Return what a browser hears until it is closed with 1000."""
    async with open_socket(gateway.ws + "/x", proxy=None, compression=compression) as socket, asyncio.timeout(patience):
        messages = [message async for message in socket]
    assert socket.close_code == 1000
    return messages


async def test_what_comes_in_one_piece_arrives_whole_and_in_order(gateway_before: Any, patience: float) -> None:
    assert await heard(await gateway_before(MESSAGES), patience) == MESSAGES


async def test_messages_of_a_run_are_written_together(
    gateway_before: Any, patience: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []

    class Noting:
        def __init__(self, transport: Any) -> None:
            self._transport = transport

        def write(self, data: bytes) -> None:
            written.append(data)
            self._transport.write(data)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._transport, name)

    made = WebSocketsSansIOProtocol.connection_made

    def connection_made(self: WebSocketsSansIOProtocol, transport: Any) -> None:
        made(self, transport)
        self.transport = Noting(transport)  # pyright: ignore[reportAttributeAccessIssue] - stands in for a transport

    monkeypatch.setattr(WebSocketsSansIOProtocol, "connection_made", connection_made)
    run = [b"m%d" % number for number in range(10)]
    assert await heard(await gateway_before(run), patience) == run
    assert b"".join(map(frame, run)) in written


async def test_a_browser_that_wants_compression_gets_it(gateway_before: Any, patience: float) -> None:
    gateway = await gateway_before(MESSAGES, ws_per_message_deflate=True)
    assert await heard(gateway, patience, compression="deflate") == MESSAGES


async def test_a_layer_around_send_sees_each_message(gateway_before: Any, patience: float) -> None:
    seen: list[Any] = []

    def layer(app: Any) -> Any:
        async def layered(scope: Any, receive: Any, send: Any) -> None:
            async def noting(message: Any) -> None:
                seen.append(message.get("bytes") if message.get("text") is None else message["text"])
                await send(message)

            await app(scope, receive, noting)

        return layered

    assert await heard(await gateway_before(MESSAGES, layers=[layer]), patience) == MESSAGES
    assert seen[1 : 1 + len(MESSAGES)] == MESSAGES


async def test_a_layer_that_leaves_send_alone_does_not_separate_them(gateway_before: Any, patience: float) -> None:
    def layer(app: Any) -> Any:
        async def layered(scope: Any, receive: Any, send: Any) -> None:
            assert hasattr(send, "send_burst")
            await app(scope, receive, send)

        return layered

    assert await heard(await gateway_before(MESSAGES, layers=[layer]), patience) == MESSAGES


async def test_a_server_that_is_not_known_gets_one_message_at_a_time(gateway_before: Any, patience: float) -> None:
    class Other(WebSocketsSansIOProtocol):
        """One that might do more with a message."""

    assert await heard(await gateway_before(MESSAGES, ws=Other), patience) == MESSAGES


async def test_bytes_of_a_burst_are_counted() -> None:
    counted: list[tuple[tuple[str], int]] = []
    sent: list[Sequence[str | bytes]] = []

    class Server:
        async def __call__(self, message: Any) -> None:
            raise AssertionError(message)

        async def send_burst(self, messages: Sequence[str | bytes]) -> None:
            sent.append(messages)

    async def receive() -> Any:
        raise AssertionError

    _, send = metered_socket(receive, Server(), lambda direction, size: counted.append((direction, size)))
    await send.send_burst(["abc", b"de"])  # pyright: ignore[reportFunctionMemberAccess] - see fluxlit_gateway.bursts
    assert (counted, sent) == ([(("out",), 5)], [["abc", b"de"]])
