"""Large bodies over a plain socket: nothing is kept, so that the client costs next to nothing."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_CHUNK = b"x" * (1 << 18)
_SECONDS = 120.0


class TransferError(RuntimeError):
    """Other bytes arrived than were sent, or another status."""


def _connect(url: str) -> tuple[socket.socket, str, str]:
    where = urlsplit(url)
    opened = socket.create_connection((where.hostname or "", where.port or 80), timeout=_SECONDS)
    return opened, where.netloc, where.path


def download(url: str, *, size: int) -> None:
    """Fetch `url` and throw it away.

    Raises:
        TransferError: It was not 200, or not `size` bytes.
    """
    opened, host, path = _connect(url)
    with opened:
        opened.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        head, rest = _head(opened)
        received, buffer = len(rest), bytearray(1 << 18)
        while count := opened.recv_into(buffer):
            received += count
    if b" 200 " not in head.partition(b"\r\n")[0] or received != size:
        raise TransferError(f"{received} bytes of {size} arrived: {head[:100]!r}")


def upload(url: str, *, size: int, headers: Mapping[str, str], before: bytes = b"", after: bytes = b"") -> bytes:
    """Send `size` bytes by PUT, between `before` and `after`; the answer, head and body.

    Raises:
        TransferError: The status was not 2xx.
    """
    opened, host, path = _connect(url)
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    length = len(before) + size + len(after)
    head = f"PUT {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n"
    with opened:
        opened.sendall(f"{head}{''.join(lines)}\r\n".encode() + before)
        for _ in range(size // len(_CHUNK)):
            opened.sendall(_CHUNK)
        opened.sendall(_CHUNK[: size % len(_CHUNK)] + after)
        answer = b""
        while data := opened.recv(1 << 16):
            answer += data
    if not answer.startswith(b"HTTP/1.1 2"):
        raise TransferError(f"the server answered {answer[:200]!r}")
    return answer


def _head(opened: socket.socket) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        more = opened.recv(1 << 16)
        if not more:
            raise TransferError(f"the connection ended after {data[:100]!r}")
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest
