"""Which proxies are believed, and what a request looks like once their word is taken.

The server in front may have settled a part already: uvicorn's own proxy-headers middleware, which is on under
`uvicorn app:app`, rewrites address and scheme and leaves port 0 behind, which no connection has. `fluxlit run` leaves
it all to this module, so that the real peer stays known.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from fluxlit.proxies.forwarded import Hop, parse_address, parse_forwarded, parse_prefix

if TYPE_CHECKING:
    from collections.abc import MutableMapping

__all__ = ("UNIX_PEER", "TrustedProxies")

UNIX_PEER = "unix"
"""In the list of trusted peers: whoever connects to the Unix socket."""

_FORWARDING = frozenset(
    {
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-prefix",
        b"x-forwarded-proto",
    }
)
_SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class TrustedProxies:
    """Takes the word of trusted proxies, and drops that of everybody else.

    Args:
        allowed: Comma-separated addresses and networks of the proxies, `unix` for a Unix socket, `*` for any peer.
        learn_prefix: Whether `X-Forwarded-Prefix` says where the application is mounted.
    """

    def __init__(self, allowed: str, *, learn_prefix: bool) -> None:
        names = [name.strip() for name in allowed.split(",") if name.strip()]
        self._any = "*" in names
        self._unix = UNIX_PEER in names
        self._networks: list[_Network] = []
        self._literals: set[str] = set()
        for name in names:
            try:
                self._networks.append(ipaddress.ip_network(name, strict=False))
            except ValueError:
                self._literals.add(name)
        self._learn_prefix = learn_prefix

    def settle(self, scope: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """The scope of an HTTP or WebSocket connection as the browser's own would be; the same one if nothing is said.

        Args:
            scope: The scope as the server made it.
        """
        if not any(name in _FORWARDING for name, _ in scope["headers"]):
            return scope
        if not self._is_trusted(scope):
            kept = [pair for pair in scope["headers"] if pair[0] not in _FORWARDING]
            return {**scope, "headers": kept}
        return self._believe(scope)

    def _is_trusted(self, scope: MutableMapping[str, Any]) -> bool:
        peer: tuple[str, int] | None = scope.get("client")
        if peer is None:
            return self._any or self._unix
        return _settled_by_server(peer) or self._trusts(peer[0])

    def _trusts(self, host: str) -> bool:
        if self._any or host in self._literals:
            return True
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        return any((mapped or address) in network for network in self._networks)

    def _believe(self, scope: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        said = _values(scope)
        changed = dict(scope)
        origin = self._origin(said)
        peer: tuple[str, int] | None = scope.get("client")
        if origin.address and not (peer and _settled_by_server(peer)):
            # Port 0: it is not known, and others can tell that the address is not the connection's.
            changed["client"] = (origin.address, 0)
        scheme = _SCHEMES.get(origin.scheme)
        if scheme:
            changed["scheme"] = scheme.replace("http", "ws") if scope["type"] == "websocket" else scheme
        if origin.host and b"x-forwarded-host" not in said:
            changed["headers"] = [*scope["headers"], (b"x-forwarded-host", origin.host.encode("latin-1"))]
        if self._learn_prefix and not scope.get("root_path"):
            changed["root_path"] = parse_prefix(said.get(b"x-forwarded-prefix", []))
        return changed

    def _origin(self, said: dict[bytes, list[str]]) -> Hop:
        """Who asked the first proxy that is ours.

        `Forwarded` counts where none of the older headers is there: a proxy that writes those usually lets a client's
        own `Forwarded` pass.
        """
        older = {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host"} & said.keys()
        if older:
            hops = [Hop(parse_address(part)) for value in said.get(b"x-forwarded-for", []) for part in value.split(",")]
            return Hop(self._outermost(hops).address, scheme=_first(said, b"x-forwarded-proto").lower())
        return self._outermost(parse_forwarded(said.get(b"forwarded", [])))

    def _outermost(self, hops: list[Hop]) -> Hop:
        """The hop that the first of our own proxies wrote: from the end, each one whose writer is trusted."""
        for hop in reversed(hops):
            if not self._trusts(hop.address):
                return hop
        return hops[0] if hops else Hop()


def _settled_by_server(peer: tuple[str, int]) -> bool:
    return peer[1] == 0


def _values(scope: MutableMapping[str, Any]) -> dict[bytes, list[str]]:
    found: dict[bytes, list[str]] = {}
    for name, value in scope["headers"]:
        if name in _FORWARDING:
            found.setdefault(name, []).append(value.decode("latin-1"))
    return found


def _first(said: dict[bytes, list[str]], name: bytes) -> str:
    return said.get(name, [""])[0].partition(",")[0].strip()
