"""What workers and their supervisor say to each other: one JSON object a line, and sockets handed over at the start."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ("LONGEST_LINE", "decode", "encode", "receive_with_sockets", "send_with_sockets")

# A status of 256 sidecars with long reasons stays far below.
LONGEST_LINE = 1024 * 1024
_MOST_SOCKETS = 8


def encode(message: Mapping[str, object]) -> bytes:
    """One line."""
    return json.dumps(message, default=repr).encode() + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    """The object of one line.

    Raises:
        ValueError: It is none.
    """
    message: object = json.loads(line)
    if not isinstance(message, dict):
        raise ValueError(f"{line[:80]!r} is no JSON object")  # noqa: TRY004 - as json.loads does for what it cannot read
    return cast("dict[str, Any]", message)


def send_with_sockets(channel: socket.socket, message: Mapping[str, object], sockets: Sequence[socket.socket]) -> None:
    """Send a line and the sockets with it; the receiver gets copies that share the same queue of connections."""
    socket.send_fds(channel, [encode(message)], [handed.fileno() for handed in sockets])


async def receive_with_sockets(channel: socket.socket) -> tuple[dict[str, Any], list[socket.socket]]:
    """Receive the first line on a non-blocking `channel`, with the sockets that came along.

    Raises:
        ConnectionError: The other side closed first.
    """
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(channel, readable.set)
    data, descriptors = b"", list[int]()
    try:
        while not data.endswith(b"\n"):
            await readable.wait()
            readable.clear()
            piece, handed, _, _ = socket.recv_fds(channel, LONGEST_LINE, _MOST_SOCKETS)
            descriptors += handed
            if not piece:
                raise ConnectionResetError("the other side closed before it said anything")
            data += piece
    finally:
        loop.remove_reader(channel)
    sockets = [socket.socket(fileno=descriptor) for descriptor in descriptors]
    for handed in sockets:
        # See FolderListeners: without this a later dup() would make it block, here and in every other worker.
        handed.setblocking(False)
    return decode(data), sockets
