"""The connections to one target.

Lifecycle: connections are opened when a request finds none idle, put back after a clean exchange, and closed when they
have been idle too long, when too many are idle, or with the pool.
"""

import asyncio
from collections import deque

from fluxlit_gateway.errors import UpstreamBusyError, UpstreamRefusedError, UpstreamTimeoutError
from fluxlit_gateway.http_proxy.connection import UpstreamConnection
from fluxlit_gateway.upstream.addresses import Address

__all__ = ("ConnectionPool",)

# uvicorn closes a connection that was idle for 5 seconds; leave before it does, so that no request meets a closing one.
_KEEP_ALIVE_S = 4.0
_MAX_IDLE = 100


class ConnectionPool:
    """Idle and busy connections to one address.

    Args:
        address: Where to connect.
        connect_timeout: Seconds for connecting, and for waiting until one of ``max_connections`` is free.
        max_connections: 0 for no limit.
        max_idle: Idle connections to keep; 0 for 100.
    """

    def __init__(self, address: Address, *, connect_timeout: float, max_connections: int, max_idle: int) -> None:
        self._address = address
        self._connect_timeout = connect_timeout or None
        self._max_idle = max_idle or max_connections or _MAX_IDLE
        self._idle: deque[UpstreamConnection] = deque()
        self._slots = asyncio.Semaphore(max_connections) if max_connections else None
        self._closed = False

    async def acquire(self, *, fresh: bool = False) -> UpstreamConnection:
        """Return a connection that nobody else uses.

        Args:
            fresh: Do not take an idle one, because the last one turned out to be closing.

        Raises:
            UpstreamBusyError: All ``max_connections`` stayed in use.
            UpstreamRefusedError: Nobody listens.
            UpstreamTimeoutError: Connecting took too long.
        """
        if self._slots is not None:
            try:
                async with asyncio.timeout(self._connect_timeout):
                    await self._slots.acquire()
            except TimeoutError as exc:
                raise UpstreamBusyError("all connections to the upstream are in use") from exc
        try:
            connection = None if fresh else self._take_idle()
            return await self._connect() if connection is None else connection
        except BaseException:
            self._free_slot()
            raise

    def release(self, connection: UpstreamConnection, *, reusable: bool) -> None:
        """Give a connection back; it is closed unless the exchange ended cleanly and there is room."""
        self._free_slot()
        if not (reusable and connection.is_usable) or self._closed or len(self._idle) >= self._max_idle:
            connection.abort()
            return
        connection.idle_since = asyncio.get_running_loop().time()
        connection.is_reused = True
        self._idle.append(connection)

    def close(self) -> None:
        """Close what is idle now, and what is busy when it comes back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _free_slot(self) -> None:
        if self._slots is not None:
            self._slots.release()

    def _take_idle(self) -> UpstreamConnection | None:
        oldest_kept = asyncio.get_running_loop().time() - _KEEP_ALIVE_S
        while self._idle:
            connection = self._idle.pop()
            if connection.idle_since >= oldest_kept and connection.is_usable:
                return connection
            connection.close()
            if connection.idle_since < oldest_kept:
                # The one used last is too old, so all others are.
                while self._idle:
                    self._idle.pop().close()
        return None

    async def _connect(self) -> UpstreamConnection:
        loop = asyncio.get_running_loop()
        address = self._address
        try:
            async with asyncio.timeout(self._connect_timeout):
                if address.socket_path is not None:
                    _, connection = await loop.create_unix_connection(
                        lambda: UpstreamConnection(loop), address.socket_path
                    )
                else:
                    _, connection = await loop.create_connection(
                        lambda: UpstreamConnection(loop), address.host, address.port
                    )
        except TimeoutError as exc:
            raise UpstreamTimeoutError("connecting to the upstream took too long") from exc
        except OSError as exc:
            raise UpstreamRefusedError(f"cannot connect to the upstream: {exc.strerror or exc}") from exc
        return connection
