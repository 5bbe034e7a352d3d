from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

PROGRAM = Path(__file__).parent / "programs" / "gateway_child.py"
MIB = 1 << 20
SIZE = 200 * MIB
ALLOWED = 32 * MIB
CHUNK = b"x" * (1 << 16)


class Child:
    """A gateway in a process of its own, whose memory is its own."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.port = port

    def peak(self) -> int:
        lines = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


class Moving:
    """Sends ``SIZE`` bytes for a GET, counts those of anything else.

    ``is_stuck`` is set when it can send no more for a while: everything between it and the client is full.
    """

    def __init__(self) -> None:
        self.is_stuck = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] == "GET":
            await self._send(send)
            return
        size, more = 0, True
        while more:
            message = await receive()
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
        body = b"%d" % size
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})

    async def _send(self, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % SIZE)]})
        for number in range(SIZE // len(CHUNK)):
            is_last = number == SIZE // len(CHUNK) - 1
            sending = asyncio.ensure_future(
                send({"type": "http.response.body", "body": CHUNK, "more_body": not is_last})
            )
            done, _ = await asyncio.wait({sending}, timeout=1)
            if not done:
                self.is_stuck.set()
            await sending


@pytest.fixture
def moving() -> Moving:
    return Moving()


@pytest.fixture
async def child(servers: Any, moving: Moving, patience: float) -> AsyncGenerator[Child]:
    upstream = await servers(moving, lifespan="off", unix=True)
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), upstream.address, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    port = int(await asyncio.wait_for(process.stdout.readline(), patience))
    yield Child(process, port)
    process.stdin.close()
    await asyncio.wait_for(process.wait(), patience)
    # The pipe's transport closes a moment after the process has ended.
    await process.stdout.read()


async def exchange(port: int, head: str, *, upload: int = 0, wait_for: asyncio.Event | None = None) -> int:
    """Send a request and count the bytes of the answer's body, the first of them read when the event is set."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head.encode())
    for _ in range(upload // len(CHUNK)):
        writer.write(CHUNK)
        await writer.drain()
    if wait_for is not None:
        await asyncio.wait_for(wait_for.wait(), 30)
    await reader.readuntil(b"\r\n\r\n")
    size = 0
    while data := await reader.read(1 << 18):
        size += len(data)
    writer.close()
    await writer.wait_closed()
    return size


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("is_slow", [False, True])
async def test_h7_a_large_download_raises_the_memory_by_less_than_32_mib(
    child: Child, moving: Moving, *, is_slow: bool
) -> None:
    head = "GET /x HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n"
    before = child.peak()
    assert await exchange(child.port, head, wait_for=moving.is_stuck if is_slow else None) == SIZE
    assert child.peak() - before < ALLOWED


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
async def test_h12_a_large_upload_raises_the_memory_by_less_than_32_mib(child: Child) -> None:
    head = f"PUT /x HTTP/1.1\r\nhost: here\r\nconnection: close\r\ncontent-length: {SIZE}\r\n\r\n"
    before = child.peak()
    assert await exchange(child.port, head, upload=SIZE) == len(str(SIZE))
    assert child.peak() - before < ALLOWED
