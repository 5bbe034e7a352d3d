"""Binds the HTTP library's client objects to the shared pools.

The library's client is cheap once its connections are somebody else's. Clients that keep no cookies share one for each
destination, because it holds no state; a client that keeps cookies has its own.
"""

from __future__ import annotations

from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy

from fluxlit_client.connections.async_pools import async_pool_for
from fluxlit_client.connections.destination import Destination
from fluxlit_client.connections.failed_connects import close_failed_socket
from fluxlit_client.connections.pools import pool_for
from fluxlit_client.http_library import httpx

__all__ = ("async_session", "session")

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
        pool = await async_pool_for(_route(self._destination, request))
        return await pool.handle_async_request(request)


def session(destination: Destination, *, keep_cookies: bool) -> httpx.Client:
    """The library's client for a destination."""
    if keep_cookies:
        return httpx.Client(transport=_SharedTransport(destination))
    return _cookieless_session(destination)


def async_session(destination: Destination, *, keep_cookies: bool) -> httpx.AsyncClient:
    """The library's asynchronous client for a destination."""
    if keep_cookies:
        return httpx.AsyncClient(transport=_SharedAsyncTransport(destination))
    return _cookieless_async_session(destination)


@lru_cache(maxsize=_REMEMBERED_DESTINATIONS)
def _cookieless_session(destination: Destination) -> httpx.Client:
    return httpx.Client(transport=_SharedTransport(destination), cookies=_closed_jar())


@lru_cache(maxsize=_REMEMBERED_DESTINATIONS)
def _cookieless_async_session(destination: Destination) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=_SharedAsyncTransport(destination), cookies=_closed_jar())


def _closed_jar() -> CookieJar:
    # Takes no cookie from any response, so that no user ever sends another user's.
    return CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))


def _route(own: Destination, request: httpx.Request) -> Destination:
    return own if own.serves(request.url) else Destination.of(request.url)
