"""What an upstream may send, in whatever pieces it arrives, and what a browser then sees of it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosed
from websockets.frames import Close, Frame, Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from fluxlit_gateway.websocket_proxy.small_frames import PASSED_ON, FrameSplitter, MaskedFrames

SIZES = st.sampled_from([0, 1, 5, 125, 126, 127, 300, 65535, 65536, 70_000])
OPCODES = st.sampled_from([Opcode.TEXT, Opcode.BINARY, Opcode.CONT, Opcode.PING])


def frame(opcode: Opcode, data: bytes, *, fin: bool = True) -> bytes:
    return Frame(opcode, data, fin=fin).serialize(mask=False)


def frames_of(parts: list[tuple[Opcode, int, bool]]) -> list[Frame]:
    made: list[Frame] = []
    for opcode, size, fin in parts:
        is_control = opcode is Opcode.PING
        made.append(Frame(opcode, b"x" * (min(size, 125) if is_control else size), fin=fin or is_control))
    return made


@given(
    st.lists(st.tuples(OPCODES, SIZES, st.booleans()), max_size=6),
    st.lists(st.integers(1, 400), min_size=1, max_size=5),
    st.sampled_from([None, 0, 125, 1000]),
)
def test_nothing_is_lost_or_moved_however_the_bytes_are_cut(
    parts: list[tuple[Opcode, int, bool]], cuts: list[int], limit: int | None
) -> None:
    frames = frames_of(parts)
    stream = b"".join(each.serialize(mask=False) for each in frames)
    splitter = FrameSplitter(limit)
    pieces: list[tuple[int, bytes]] = []
    position, number = 0, 0
    while position < len(stream):
        # Large frames in few steps, small cuts around the heads.
        size = cuts[number % len(cuts)] if number < 40 else 50_000
        pieces += splitter.split(stream[position : position + size])
        position, number = position + size, number + 1
    splitter.stop()
    pieces += splitter.split(b"")
    again = [
        piece if opcode == PASSED_ON else Frame(Opcode(opcode), piece).serialize(mask=False) for opcode, piece in pieces
    ]
    assert b"".join(again) == stream
    # What is taken for a whole message is one: no fragment is under way before it, and it is within the limit.
    most = 65536 if limit is None else limit
    is_in_message = False
    whole: list[bytes] = []
    for each in frames:
        is_data = each.opcode in {Opcode.TEXT, Opcode.BINARY}
        if is_data and each.fin and not is_in_message and len(each.data) <= most:
            whole.append(bytes(each.data))
        elif is_data:
            is_in_message = not each.fin
        elif each.opcode is Opcode.CONT and each.fin:
            is_in_message = False
    assert [piece for opcode, piece in pieces if opcode != PASSED_ON] == whole


@given(st.binary(max_size=4096), st.sampled_from([Opcode.TEXT, Opcode.BINARY]))
def test_a_frame_that_is_made_here_is_read_by_the_library(payload: bytes, opcode: Opcode) -> None:
    server = ServerProtocol(state=OPEN)
    server.receive_data(MaskedFrames().make(opcode, payload))
    (seen,) = server.events_received()
    assert isinstance(seen, Frame)
    assert (seen.opcode, bytes(seen.data), seen.fin) == (opcode, payload, True)


def test_no_two_frames_have_one_masking_key() -> None:
    frames = MaskedFrames()
    keys = {frames.make(Opcode.TEXT, b"")[2:] for _ in range(300)}
    assert len(keys) == 300


class Says:
    """A raw upstream that accepts the handshake and sends these bytes, some of them together with its answer."""

    def __init__(self, *pieces: bytes, at_once: bytes = b"", is_bytewise: bool = False) -> None:
        self.pieces = pieces
        self.at_once = at_once
        self.is_bytewise = is_bytewise
        self.raw: Any = None
        self.received = b""
        self.is_gone = asyncio.Event()

    async def __call__(self, reader: Any, writer: Any) -> None:
        head = self.raw.heads[-1].decode("latin-1")
        key = next(line.partition(": ")[2] for line in head.split("\r\n") if line.startswith("sec-websocket-key"))
        guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1((key + guid).encode()).digest())
        answer = (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n" + self.at_once
        )
        pieces = [answer[at : at + 1] for at in range(len(answer))] if self.is_bytewise else [answer]
        for piece in (*pieces, *self.pieces):
            writer.write(piece)
            await writer.drain()
        while received := await reader.read(65536):
            self.received += received
        self.is_gone.set()


CLOSE = frame(Opcode.CLOSE, Close(1000, "done").serialize())


async def heard(servers: Any, raw_upstream: Any, says: Says, patience: float) -> tuple[list[Any], int]:
    """Return the messages that the browser gets, and the code of the end."""
    says.raw = await raw_upstream(says)
    gateway = await servers.gateway(says.raw.address, options={"ws_close_timeout_s": 1})
    messages: list[Any] = []
    async with open_socket(gateway.ws + "/x", proxy=None, compression=None) as socket:
        try:
            while True:
                messages.append(await asyncio.wait_for(socket.recv(), patience))
        except ConnectionClosed as closed:
            end = closed.rcvd
    await asyncio.wait_for(says.is_gone.wait(), patience)
    assert end is not None
    return messages, end.code


@pytest.mark.parametrize("is_bytewise", [False, True])
async def test_frames_that_come_with_the_answer_to_the_handshake_are_passed_on(
    servers: Any, raw_upstream: Any, patience: float, *, is_bytewise: bool
) -> None:
    text = frame(Opcode.TEXT, "früh".encode())
    says = Says(text[5:], frame(Opcode.BINARY, b"b" * 300), CLOSE, at_once=text + text[:5], is_bytewise=is_bytewise)
    messages, code = await heard(servers, raw_upstream, says, patience)
    assert messages == ["früh", "früh", b"b" * 300]
    assert code == 1000


async def test_fragments_with_control_frames_between_them_arrive_as_one_message_in_order(
    servers: Any, raw_upstream: Any, patience: float
) -> None:
    stream = b"".join(
        [
            frame(Opcode.TEXT, b"first"),
            frame(Opcode.TEXT, "é".encode()[:1], fin=False),
            frame(Opcode.PING, b"are you there"),
            frame(Opcode.CONT, b"", fin=False),
            frame(Opcode.CONT, "é".encode()[1:]),
            frame(Opcode.TEXT, b"last"),
            frame(Opcode.BINARY, b"x" * 70_000),
            frame(Opcode.TEXT, b""),
            CLOSE,
        ]
    )
    says = Says(*(stream[at : at + 7] for at in range(0, 200, 7)), stream[203:])
    messages, code = await heard(servers, raw_upstream, says, patience)
    assert messages == ["first", "é", "last", b"x" * 70_000, ""]
    assert code == 1000
    # A pong, and the answer to the close frame.
    assert says.received[0] == 0x80 | Opcode.PONG
    assert says.received[19] == 0x80 | Opcode.CLOSE


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        pytest.param(frame(Opcode.TEXT, b"\xff"), 1007, id="text that is no UTF-8"),
        pytest.param(b"\xc1\x01x", 1002, id="a reserved bit"),
        pytest.param(b"\x83\x01x", 1002, id="an unknown opcode"),
        pytest.param(b"\x81\x81keysx", 1002, id="a masked frame"),
        pytest.param(frame(Opcode.CONT, b"x"), 1002, id="a continuation of nothing"),
        pytest.param(frame(Opcode.TEXT, b"x", fin=False) + frame(Opcode.TEXT, b"y"), 1002, id="two messages at a time"),
        pytest.param(b"\x89\x7e\x01\x00" + b"x" * 256, 1002, id="a long ping"),
    ],
)
async def test_an_upstream_that_breaks_a_rule_is_told_and_the_browser_too(
    servers: Any, raw_upstream: Any, patience: float, broken: bytes, code: int
) -> None:
    says = Says(frame(Opcode.TEXT, b"fine") + broken + frame(Opcode.TEXT, b"not for anybody"))
    assert await heard(servers, raw_upstream, says, patience) == (["fine"], code)
    assert says.received[0] == 0x80 | Opcode.CLOSE
