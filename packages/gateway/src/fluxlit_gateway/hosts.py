"""Which `Host` values a server answers to: the defence against DNS rebinding.

A page of ``attacker.example`` may point its own name at 127.0.0.1 and then talk to a server there as "same origin". The
one thing it cannot change is the `Host` header the browser sends, which still says ``attacker.example``
(RFC 9110 section 7.2). A server that knows its names refuses any other.

The default, no pattern at all, answers every host: a container does not know under which name it is published. Set the
names wherever they are known. A prober that connects by address (Kubernetes) sends that address as `Host`; answer its
probe paths before asking this rule.

API sketch, for a gateway::

    rule = HostRule(allowed=("app.example.com", "*.example.com:8443", "[::1]"))   # once; bad patterns raise
    if not rule.allows_scope(scope):                                              # HTTP and WebSocket scopes
        ...answer 400 (HTTP) or refuse the handshake with 403 (WebSocket)
"""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from ipaddress import AddressValueError, IPv6Address
from typing import Any, NamedTuple

import idna
from pydantic import BaseModel, ConfigDict, Field, field_validator

__all__ = ("Authority", "HostRule", "header_values", "parse_authority")

# uri-host [":" port] of RFC 9110 section 7.2, nothing more: no userinfo, no path, no white space.
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s\[\]:/?#@\\,%]+)(?::(?P<port>[0-9]{0,5}))?\Z")
_HIGHEST_PORT = 65535


class Authority(NamedTuple):
    """A host and a port in one comparable spelling.

    Attributes:
        host: Lower case; Unicode names as their ``xn--`` form; IPv6 literals compressed, in brackets. A trailing dot is
            kept: browsers take ``example.com.`` and ``example.com`` for two origins.
        port: None where none was written.
    """

    host: str
    port: int | None


def parse_authority(text: str) -> Authority | None:
    """Split ``host[:port]`` and bring it into one spelling.

    Returns:
        None for whatever is no host with an optional port: userinfo, paths, white space, ports over 65535, names that
        no browser would resolve (UTS 46).
    """
    match = _AUTHORITY.match(text)
    if match is None:
        return None
    host = _canonical_host(match["host"])
    port = int(match["port"]) if match["port"] else None
    if host is None or (port is not None and port > _HIGHEST_PORT):
        return None
    return Authority(host, port)


def _canonical_host(host: str) -> str | None:
    if host.startswith("["):
        try:
            return f"[{IPv6Address(host[1:-1]).compressed}]"
        except AddressValueError:
            return None
    if host.isascii():
        # IDNA would refuse names that resolve all the same (`my_service` inside a container network).
        return host.lower()
    try:
        # The mapping that browsers apply to what is typed into the address bar: https://www.unicode.org/reports/tr46/
        return idna.encode(host, uts46=True, transitional=False).decode("ascii")
    except idna.IDNAError:
        return None


def header_values(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[str]:
    """All values of one header of an ASGI scope, in order.

    Bytes outside ASCII come back as U+FFFD, which no host, port or origin may contain.
    """
    return [value.decode("ascii", "replace").strip(" \t") for key, value in headers if key == name]


class HostRule(BaseModel):
    """The names that a server answers to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    allowed: tuple[str, ...] = Field(
        default=(),
        description=(
            "Hosts to answer to: 'app.example.com', '*.example.com' (any name below it, not itself), each with ':port' "
            "to fix the port, IPv6 in brackets; '*' or nothing at all answers every host."
        ),
    )

    @field_validator("allowed")
    @classmethod
    def _check_patterns(cls, allowed: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in allowed:
            if pattern != "*" and _parse_pattern(pattern) is None:
                raise ValueError(
                    f"{pattern!r} is no host: write 'name', '*.name' or '[IPv6]', with ':port' if the port is fixed, "
                    "and no scheme or path"
                )
        return allowed

    @cached_property
    def _patterns(self) -> tuple[Authority, ...]:
        return tuple(parsed for pattern in self.allowed if (parsed := _parse_pattern(pattern)) is not None)

    @property
    def allows_every_host(self) -> bool:
        """Whether there is nothing to check."""
        return not self.allowed or "*" in self.allowed

    def allows(self, host: str | None) -> bool:
        """Whether a request with this `Host` value (None: it had none) is answered."""
        if self.allows_every_host:
            return True
        authority = parse_authority(host) if host is not None else None
        return authority is not None and any(_matches(authority, pattern) for pattern in self._patterns)

    def allows_scope(self, scope: Mapping[str, Any]) -> bool:
        """Whether the request of an ASGI scope is answered.

        With several `Host` headers it is not: two parties might each look at another one (RFC 9112 section 3.2).
        """
        if self.allows_every_host:
            return True
        hosts = header_values(scope["headers"], b"host")
        return len(hosts) == 1 and self.allows(hosts[0])


def _parse_pattern(pattern: str) -> Authority | None:
    if not pattern.startswith("*."):
        return None if "*" in pattern else parse_authority(pattern)
    parsed = parse_authority(pattern[2:])
    if parsed is None or "*" in parsed.host or parsed.host.startswith("["):
        return None
    return Authority(f"*.{parsed.host}", parsed.port)


def _matches(authority: Authority, pattern: Authority) -> bool:
    if pattern.port is not None and pattern.port != authority.port:
        return False
    # A resolver treats the fully qualified spelling as the same machine, so a rebinding page gains nothing by the dot.
    host = authority.host.removesuffix(".")
    if pattern.host.startswith("*."):
        return host.endswith(pattern.host[1:]) and len(host) > len(pattern.host) - 1
    return host == pattern.host.removesuffix(".")
