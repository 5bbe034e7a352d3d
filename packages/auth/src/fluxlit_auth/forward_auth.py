"""Identity from a proxy in front of us that has logged the user in and says who it is in a header (forward-auth).

Such a header is worth as much as the certainty that the proxy wrote it. Two facts decide that, and neither is taken
from a header here:

- **Who connected.** `trusted_client_hosts` is compared with the peer of the connection. A server that rewrites the
  client address by `X-Forwarded-For` (uvicorn's `--proxy-headers`) hides that peer: an address that the header could
  have put there is not believed, as anyone may send the header. Put `PeerAddressMiddleware` around the rewriting
  middleware to keep the peer. Where headers are rewritten on the way to the API, as a gateway does, call
  `remember_peer` before, while they still show what the client sent.
- **Whether it was HTTPS.** The scheme of the ASGI scope: what the server saw itself, or what it took from
  `X-Forwarded-Proto` of a proxy that it was told to trust (uvicorn's `--forwarded-allow-ips`). The raw header is never
  looked at.

The proxy must remove the header from what clients send. A header that arrives twice names nobody.
"""

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Final, cast

from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from fluxlit_auth.errors import RefusedError

__all__ = (
    "PEER_ON_UNIX_SOCKET",
    "PEER_SCOPE_KEY",
    "PeerAddressMiddleware",
    "TrustedProxyUser",
    "TrustedProxyUserConfig",
    "proxy_user_header",
    "remember_peer",
)

PEER_SCOPE_KEY: Final = "fluxlit.peer"
"""Where the ASGI scope keeps the address of the connection's peer, in the form of its `client`."""

PEER_ON_UNIX_SOCKET: Final = "unix"
"""In `trusted_client_hosts`: a peer without an address, that is, one on a Unix socket."""

# Of a connection whose peer cannot be told; no host is called this.
_UNKNOWN_PEER: Final = ("", 0)
_SECURE_SCHEMES: Final = frozenset({"https", "wss"})


class TrustedProxyUserConfig(BaseModel):
    """From whom, and how, a proxy's header is believed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    header_name: str = Field(default="X-Remote-User", min_length=1, description="The header that names the user.")
    require_https: bool = Field(default=False, description="Refuse requests that did not come by HTTPS.")
    trusted_client_hosts: frozenset[str] | None = Field(
        default=None,
        description="Peers that are believed: addresses, networks like `10.0.0.0/8`, or `unix`. "
        "`None` believes every peer: only right where nobody but the proxy can connect.",
    )
    require_non_empty_user: bool = Field(default=True, description="Refuse requests that name no user.")


class TrustedProxyUser:
    """A FastAPI dependency that gives the name of the user whom the proxy has logged in.

    Args:
        config: From whom the header is believed; by default `X-Remote-User` from every peer.
    """

    def __init__(self, config: TrustedProxyUserConfig | None = None) -> None:
        self.config = config or TrustedProxyUserConfig()

    async def __call__(self, request: HTTPConnection) -> str:
        """The user's name without spaces around it; empty if there is none and none is required.

        Raises:
            RefusedError: 403 for a peer that is not believed or a connection without HTTPS, 401 without a user.
        """
        config = self.config
        if config.trusted_client_hosts is not None and not _trusted(request, config.trusted_client_hosts):
            raise RefusedError(403, "Untrusted client for forward-auth")
        if config.require_https and request.scope.get("scheme") not in _SECURE_SCHEMES:
            raise RefusedError(403, "HTTPS required for forward-auth")
        values = request.headers.getlist(config.header_name)
        user = values[0].strip() if len(values) == 1 else ""
        if not user and (config.require_non_empty_user or len(values) > 1):
            raise RefusedError(
                401, "Missing trusted user header", reason=f"{config.header_name} came {len(values)} times"
            )
        return user


class PeerAddressMiddleware:
    """Keeps the address of the connection's peer before a middleware inside of it rewrites `client`.

        uvicorn.run(PeerAddressMiddleware(ProxyHeadersMiddleware(app, "10.0.0.1")), proxy_headers=False)

    Args:
        app: What is inside.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] in {"http", "websocket"}:
            scope.setdefault(PEER_SCOPE_KEY, scope.get("client"))
        await self._app(scope, receive, send)


def proxy_user_header(header_name: str = "X-Remote-User") -> Callable[[HTTPConnection], Awaitable[str | None]]:
    """A dependency that gives a header as it came, or `None`; it asks nothing about the peer.

    Args:
        header_name: The header that names the user.
    """

    async def read(request: HTTPConnection) -> str | None:
        return request.headers.get(header_name)

    return read


def remember_peer(scope: Scope) -> None:
    """Keep who connected in the scope of an HTTP or WebSocket connection, for `TrustedProxyUser` further inside.

    To be called where the headers are still the client's. An address that `X-Forwarded-For` could have put there is
    not kept: then nobody is known to have connected. What was kept before stays.

    Args:
        scope: The connection's scope.
    """
    if PEER_SCOPE_KEY in scope:
        return
    peer: tuple[str, int] | None = scope.get("client")
    if peer is not None:
        # Few requests have the header, and all come by here.
        for name, _ in scope["headers"]:
            if name == b"x-forwarded-for":
                if _may_come_from_a_header(Headers(scope=scope), peer[0]):
                    peer = _UNKNOWN_PEER
                break
    scope[PEER_SCOPE_KEY] = peer


def _trusted(request: HTTPConnection, hosts: frozenset[str]) -> bool:
    remember_peer(request.scope)
    peer = cast("tuple[str, int] | None", request.scope[PEER_SCOPE_KEY])
    if peer is None:
        return PEER_ON_UNIX_SOCKET in hosts
    return peer != _UNKNOWN_PEER and any(_matches(peer[0], host) for host in hosts)


def _may_come_from_a_header(headers: Headers, host: str) -> bool:
    """Whether `X-Forwarded-For` names this host, as `host`, `host:port` or `[host]:port`."""
    entries = ",".join(headers.getlist("x-forwarded-for")).split(",")
    return any(entry.strip() == host or entry.strip().startswith((f"{host}:", f"[{host}]")) for entry in entries)


def _matches(peer: str, host: str) -> bool:
    if peer == host:
        return True
    try:
        address = ipaddress.ip_address(peer)
        network = ipaddress.ip_network(host)
    except ValueError:  # a name, as test clients have it
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address) in network
