"""Connection pools of this process, one for each destination, used by every blocking client.

Lifecycle: a pool is made by the first request to its destination and lives until the process ends, so clients come and
go (one for each page run, if need be) without opening or closing a connection. A forked child starts with none of its
parent's pools: two processes must not write to one connection.
"""

from __future__ import annotations

import atexit
import os
import ssl
import threading
from functools import cache
from typing import TYPE_CHECKING
from urllib.request import getproxies, proxy_bypass

from fluxlit_client.connections.mounts import find_mount
from fluxlit_client.http_library import httpx

if TYPE_CHECKING:
    from fluxlit_client.connections.destination import Destination

__all__ = ("close_pools", "environment_proxy", "idle_tls_context", "limits_for", "pool_for", "tls_context")

# A stream holds its connection for as long as a session looks at it, so there must be room for many.
_MAX_CONNECTIONS = 1000
_MAX_IDLE_CONNECTIONS = 10
# Less than the five seconds after which uvicorn closes an idle connection: a request sent at that very moment is lost,
# and a POST cannot be sent again. On this machine a new connection costs next to nothing.
_IDLE_SECONDS_ON_LOOPBACK = 2.0
_IDLE_SECONDS_ELSEWHERE = 4.0


class _Pools:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.by_destination: dict[Destination, httpx.HTTPTransport] = {}


_pools = _Pools()
# A forked child keeps its parent's pools alive and unused: closing them could wait for a lock that a thread of the
# parent held at the fork, and collecting them would warn about sockets that are not the child's to close.
_inherited: list[_Pools] = []


def pool_for(destination: Destination) -> httpx.BaseTransport:
    """The pool of a destination, made on first use."""
    mount = find_mount(destination)
    if mount is not None:
        return mount.blocking
    pools = _pools
    found = pools.by_destination.get(destination)
    if found is not None:
        return found
    with pools.lock:
        if destination not in pools.by_destination:
            pools.by_destination[destination] = _new_pool(destination)
        return pools.by_destination[destination]


def close_pools() -> None:
    """Close every idle and busy connection of this process. Later requests open new ones."""
    with _pools.lock:
        transports = list(_pools.by_destination.values())
        _pools.by_destination.clear()
    for transport in transports:
        transport.close()


def environment_proxy(destination: Destination) -> str | None:
    """The proxy that the environment (``HTTPS_PROXY``, ``NO_PROXY``, …) names for a destination; none on loopback."""
    if destination.is_loopback or proxy_bypass(destination.host):
        return None
    proxies = getproxies()
    return proxies.get(destination.scheme) or proxies.get("all")


def limits_for(destination: Destination) -> httpx.Limits:
    """How many connections there may be to a destination, and how long an idle one is kept."""
    return httpx.Limits(
        max_connections=_MAX_CONNECTIONS,
        max_keepalive_connections=_MAX_IDLE_CONNECTIONS,
        keepalive_expiry=_IDLE_SECONDS_ON_LOOPBACK if destination.is_loopback else _IDLE_SECONDS_ELSEWHERE,
    )


@cache
def tls_context() -> ssl.SSLContext:
    """The context that verifies servers. Loading the authorities takes tens of milliseconds, so it is made once."""
    return httpx.create_ssl_context()


@cache
def idle_tls_context() -> ssl.SSLContext:
    """A context for pools that never speak TLS: without one the library would load every certificate authority."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _new_pool(destination: Destination) -> httpx.HTTPTransport:
    proxy = environment_proxy(destination)
    speaks_tls = destination.scheme == "https" or proxy is not None
    return httpx.HTTPTransport(
        verify=tls_context() if speaks_tls else idle_tls_context(),
        limits=limits_for(destination),
        proxy=proxy,
        uds=destination.socket_path,
    )


def _forget_after_fork() -> None:
    global _pools  # noqa: PLW0603 - the pools of a process are one per process by design
    _inherited.append(_pools)
    _pools = _Pools()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_forget_after_fork)
atexit.register(close_pools)
