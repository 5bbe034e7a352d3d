"""Binds the HTTP library's client object to the shared pools."""

from __future__ import annotations

from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

from fluxlit_client.connections.destination import Destination
from fluxlit_client.connections.pools import pool_for
from fluxlit_client.http_library import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("SharedTransport", "cookieless_jar", "new_session", "shared_session")


class SharedTransport(httpx.BaseTransport):
    """Sends each request through the shared pool of its origin; closing it closes nothing.

    Only the client's own origin may be reached over its Unix socket. A followed redirect to another origin takes that
    origin's pool.
    """

    def __init__(
        self, destination: Destination, pools: Callable[[Destination], httpx.BaseTransport] = pool_for
    ) -> None:
        self._destination = destination
        self._pools = pools

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""
        own = self._destination.serves(request.url)
        return self._pools(self._destination if own else Destination.of(request.url)).handle_request(request)


def cookieless_jar() -> CookieJar:
    """A jar that takes no cookie from a response, so that no user meets another user's."""
    return CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))


@lru_cache(maxsize=256)
def shared_session(destination: Destination) -> httpx.Client:
    """The session of all clients of a destination that keep no cookies: it holds no state of its own."""
    return httpx.Client(transport=SharedTransport(destination), cookies=cookieless_jar())


def new_session(destination: Destination) -> httpx.Client:
    """A session with a cookie jar of its own on the shared pool."""
    return httpx.Client(transport=SharedTransport(destination))
