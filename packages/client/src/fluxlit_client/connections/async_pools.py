"""Connection pools of an asyncio event loop, one for each destination, used by every asynchronous client in it.

Lifecycle: a pool is made by the first request to its destination in a loop; a connection belongs to the loop that
opened it, so it cannot outlive it. The pools of a loop are closed when the loop shuts its asynchronous generators
down, as ``asyncio.run``, anyio and uvicorn do at their end: nobody has to close anything. Code that drives a loop by
hand and skips ``loop.shutdown_asyncgens()`` awaits `close_async_pools` instead.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from fluxlit_client.connections.mounts import find_mount
from fluxlit_client.connections.pools import environment_proxy, idle_tls_context, limits_for, tls_context
from fluxlit_client.http_library import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from fluxlit_client.connections.destination import Destination

__all__ = ("async_pool_for", "close_async_pools")


class _LoopPools:
    def __init__(self) -> None:
        self.by_destination: dict[Destination, httpx.AsyncHTTPTransport] = {}
        self.until_shutdown = self._close_at_shutdown()

    async def _close_at_shutdown(self) -> AsyncGenerator[None]:
        # A started generator that nobody finishes: the loop does, in shutdown_asyncgens().
        try:
            yield
        finally:
            while self.by_destination:
                await self.by_destination.popitem()[1].aclose()


_by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, _LoopPools] = WeakKeyDictionary()


async def async_pool_for(destination: Destination) -> httpx.AsyncBaseTransport:
    """The running loop's pool of a destination, made on first use."""
    mount = find_mount(destination)
    if mount is not None:
        return mount.asynchronous
    loop = asyncio.get_running_loop()
    pools = _by_loop.get(loop)
    if pools is None:
        # The pools refer to their loop, so a closed loop's entry would stay for ever.
        for other in [other for other in _by_loop if other.is_closed()]:
            del _by_loop[other]
        pools = _by_loop[loop] = _LoopPools()
        await anext(pools.until_shutdown)
    if destination not in pools.by_destination:
        pools.by_destination[destination] = _new_pool(destination)
    return pools.by_destination[destination]


async def close_async_pools() -> None:
    """Close every connection of the running loop. Later requests open new ones."""
    pools = _by_loop.pop(asyncio.get_running_loop(), None)
    if pools is not None:
        await pools.until_shutdown.aclose()


def _new_pool(destination: Destination) -> httpx.AsyncHTTPTransport:
    proxy = environment_proxy(destination)
    speaks_tls = destination.scheme == "https" or proxy is not None
    return httpx.AsyncHTTPTransport(
        verify=tls_context() if speaks_tls else idle_tls_context(),
        limits=limits_for(destination),
        proxy=proxy,
        uds=destination.socket_path,
    )


# A forked child cannot use its parent's loop, let alone that loop's connections.
if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_by_loop.clear)
