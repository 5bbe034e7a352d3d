"""Binds the HTTP library's client objects to the shared pools.

The library's client is cheap once its connections are somebody else's. Clients that keep no cookies share one for each
destination, because it holds no state; a client that keeps cookies has its own.
"""

from __future__ import annotations

import os
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy

from fluxlit_client.connections.async_pools import async_pool_for
from fluxlit_client.connections.destination import Destination
from fluxlit_client.connections.failed_connects import close_failed_socket
from fluxlit_client.connections.hop_secret import carrying_secret
from fluxlit_client.connections.pools import pool_for
from fluxlit_client.http_library import httpx

__all__ = ("async_session_with_cookies", "session_with_cookies", "shared_async_session", "shared_session")

_REMEMBERED_DESTINATIONS = 256


class _SharedTransport(httpx.BaseTransport):
    """Sends each request through the shared pool of its origin; closing it closes nothing.

    A followed redirect to another origin takes that origin's pool, never the client's own Unix socket.
    """

    def __init__(self, destination: Destination) -> None:
        self._destination = destination

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        destination = _route(self._destination, request)
        try:
            with carrying_secret(request, destination):
                return pool_for(destination).handle_request(request)
        except httpx.ConnectError as error:
            if destination.socket_path is not None:
                close_failed_socket(error)
            raise


class _SharedAsyncTransport(httpx.AsyncBaseTransport):
    """The same for the asynchronous client."""

    def __init__(self, destination: Destination) -> None:
        self._destination = destination

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        destination = _route(self._destination, request)
        pool = await async_pool_for(destination)
        with carrying_secret(request, destination):
            return await pool.handle_async_request(request)


def session_with_cookies(destination: Destination) -> httpx.Client:
    """The library's client with a cookie jar of its own."""
    return httpx.Client(transport=_SharedTransport(destination))


def async_session_with_cookies(destination: Destination) -> httpx.AsyncClient:
    """The library's asynchronous client with a cookie jar of its own."""
    return httpx.AsyncClient(transport=_SharedAsyncTransport(destination))


@lru_cache(maxsize=_REMEMBERED_DESTINATIONS)
def shared_session(destination: Destination) -> httpx.Client:
    """The library's client of everybody who keeps no cookies."""
    return httpx.Client(transport=_SharedTransport(destination), cookies=_closed_jar())


@lru_cache(maxsize=_REMEMBERED_DESTINATIONS)
def shared_async_session(destination: Destination) -> httpx.AsyncClient:
    """The library's asynchronous client of everybody who keeps no cookies."""
    return httpx.AsyncClient(transport=_SharedAsyncTransport(destination), cookies=_closed_jar())


if hasattr(os, "register_at_fork"):  # Windows has no fork
    # A thread of the parent may have held the lock of a jar at the fork.
    os.register_at_fork(after_in_child=shared_session.cache_clear)
    os.register_at_fork(after_in_child=shared_async_session.cache_clear)


def _closed_jar() -> CookieJar:
    # Takes no cookie from any response, so that no user ever sends another user's.
    return CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))


def _route(own: Destination, request: httpx.Request) -> Destination:
    return own if own.serves(request.url) else Destination.of(request.url)
