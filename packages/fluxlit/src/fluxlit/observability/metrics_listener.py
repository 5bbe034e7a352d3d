"""The metrics on an address of their own, so that they need not be public.

Lifecycle: `running` binds, serves in the event loop of the gateway, and closes. Workers of one server share a TCP port
(`SO_REUSEPORT`); of a Unix socket the worker that came last answers. Each of them tells the numbers of all.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from fluxlit.errors import StartupError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

__all__ = ("MetricsListener",)

_HEAD_WITHIN_SECONDS = 5.0
_LONGEST_HEAD = 16_384


class MetricsListener:
    """Answers `GET` on any path with the metrics; HTTP/1.1, one request for each connection.

    Args:
        address: `host:port`, `[::1]:port` or `unix:/path`.
        text: Gives the metrics and their content type; called in a thread.
    """

    def __init__(self, address: str, text: Callable[[], tuple[bytes, str]]) -> None:
        self._address = address
        self._text = text

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Serve while the block runs.

        Raises:
            StartupError: The address is none, or cannot be bound.
        """
        path = Path(self._address.removeprefix("unix:")) if self._address.startswith("unix:") else None
        try:
            listener = _bind_unix(path) if path is not None else _bind_tcp(self._address)
        except (OSError, ValueError) as error:
            raise StartupError(
                f"cannot serve metrics on metrics_listen={self._address!r}: {error}; give host:port or unix:/path"
            ) from error
        server = await asyncio.start_server(self._answer, sock=listener, limit=_LONGEST_HEAD)
        try:
            yield
        finally:
            server.close()
            if path is not None:
                path.unlink(missing_ok=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_HEAD_WITHIN_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
            method = head.partition(b" ")[0]
            if method in {b"GET", b"HEAD"}:
                body, kind = await asyncio.to_thread(self._text)
                status = "200 OK"
            else:
                status, body, kind = "405 Method Not Allowed", b"", "text/plain"
            fields = f"content-type: {kind}\r\ncontent-length: {len(body)}\r\nconnection: close"
            writer.write(f"HTTP/1.1 {status}\r\n{fields}\r\n\r\n".encode("ascii"))
            writer.write(body if method == b"GET" else b"")
            await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever it was is gone, or is no scraper
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


def _bind_tcp(address: str) -> socket.socket:
    host, separator, port = address.rpartition(":")
    if not separator or not port.isdigit():
        raise ValueError("no port in it")
    host = host.strip("[]") or "127.0.0.1"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "SO_REUSEPORT"):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((host, int(port)))
    except BaseException:
        listener.close()
        raise
    return listener


def _bind_unix(path: Path) -> socket.socket:
    # Bound beside it and moved there: a worker that starts takes over without a moment in which nobody answers.
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        fresh.unlink(missing_ok=True)
        listener.bind(str(fresh))
        fresh.replace(path)
    except BaseException:
        listener.close()
        raise
    return listener
