"""Which pages may open a WebSocket: the defence against cross-site WebSocket hijacking.

Browsers let any page open a WebSocket to any server and send the user's cookies along; no CORS check comes before it.
What they do add is an `Origin` header that page code cannot change (RFC 6455 section 10.2). A handshake is let through
when that origin is the page's own (scheme, host and port of the address that the browser used) or one of the allowed.

A handshake without `Origin` comes from a program, since every browser sends it (RFC 6455 section 4.1). A program has no
other user's cookies to misuse, so it passes by default, as it does in Streamlit itself; ``allow_missing=False`` ends
that.

API sketch, for a gateway, before it asks the upstream::

    rule = OriginRule(allowed=("https://portal.example.com", "https://*.example.com"))   # once; bad patterns raise
    verdict = rule.check(scope, trust_forwarded_host=peer_is_a_trusted_proxy)
    if not verdict.allowed:
        ...log verdict.reason, answer 403 (websocket.http.response.start, or websocket.close before the accept)

`scope["scheme"]` is taken as true: the ASGI server sets it, from `X-Forwarded-Proto` only for proxies that it trusts
(uvicorn's ``proxy_headers`` and ``forwarded_allow_ips``). `X-Forwarded-Host` is read only when told to.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, field_validator

from fluxlit_gateway.hosts import Authority, header_values, parse_authority

__all__ = ("OriginRule", "OriginVerdict")

# RFC 6454 section 7: scheme "://" host [":" port], and nothing after it.
_ORIGIN = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#@\\\s]+)\Z")
_PAGE_SCHEMES = {"ws": "http", "wss": "https", "http": "http", "https": "https"}
_DEFAULT_PORTS = {"http": 80, "https": 443}


class _Origin(NamedTuple):
    scheme: str
    host: str
    port: int | None

    def __str__(self) -> str:
        port = "" if self.port in {None, _DEFAULT_PORTS.get(self.scheme)} else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"


class OriginVerdict(NamedTuple):
    """Whether a handshake may go on, and why not.

    Attributes:
        allowed: The answer.
        reason: For the log of the operator; empty when allowed. It repeats what the client sent, so keep it out of
            the response.
    """

    allowed: bool
    reason: str = ""


class OriginRule(BaseModel):
    """The origins whose pages may open a WebSocket, besides the page's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    allowed: tuple[str, ...] = Field(
        default=(),
        description=(
            "Further origins: 'https://portal.example.com', 'https://portal.example.com:8443', 'https://*.example.com' "
            "(any name below it, not itself); '*' allows every page on the web."
        ),
    )
    allow_missing: bool = Field(
        default=True,
        description="Whether a handshake without Origin, which no browser page can make, is let through.",
    )

    @field_validator("allowed")
    @classmethod
    def _check_patterns(cls, allowed: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in allowed:
            if pattern != "*" and _parse_pattern(pattern) is None:
                raise ValueError(
                    f"{pattern!r} is no origin: write scheme://host[:port] as in 'https://app.example.com', "
                    "'https://*.example.com' or '*', without path ('null' is what any sandboxed page sends)"
                )
        return allowed

    @cached_property
    def _patterns(self) -> tuple[_Origin, ...]:
        return tuple(parsed for pattern in self.allowed if (parsed := _parse_pattern(pattern)) is not None)

    def check(self, scope: Mapping[str, Any], *, trust_forwarded_host: bool = False) -> OriginVerdict:
        """Judge the handshake of an ASGI ``websocket`` scope.

        Args:
            scope: The scope as the server made it; `scheme` must be what the browser used.
            trust_forwarded_host: Whether the peer is a proxy whose `X-Forwarded-Host` and `X-Forwarded-Port` say what
                the browser used. Never for a peer that is not one: it would name its own origin.
        """
        if "*" in self.allowed:
            return OriginVerdict(allowed=True)
        sent = header_values(scope["headers"], b"origin")
        if not sent:
            return OriginVerdict(self.allow_missing, "" if self.allow_missing else "the handshake has no Origin header")
        if len(sent) > 1:
            return OriginVerdict(allowed=False, reason=f"the handshake has {len(sent)} Origin headers: {sent!r}")
        origin = _parse_origin(sent[0])
        if origin is None:
            return OriginVerdict(allowed=False, reason=f"Origin {sent[0]!r} names no page")
        own = _own_origin(scope, trust_forwarded_host=trust_forwarded_host)
        allowed = origin == own or any(_matches(origin, pattern) for pattern in self._patterns)
        return OriginVerdict(allowed, "" if allowed else _refusal(origin, own))


def _refusal(origin: _Origin, own: _Origin | None) -> str:
    here = f"the page's own, {str(own)!r}," if own else "the page's own (unknown: the Host header is missing or bad)"
    return (
        f"Origin {str(origin)!r} is neither {here} nor allowed; add it to the allowed origins, or, if a proxy is in "
        "front, have the server trust it, so that scheme and host are those that the browser used"
    )


def _parse_origin(text: str) -> _Origin | None:
    match = _ORIGIN.match(text)
    authority = parse_authority(match["authority"]) if match else None
    if match is None or authority is None:
        return None
    scheme = match["scheme"].lower()
    return _with_default_port(scheme, authority)


def _with_default_port(scheme: str, authority: Authority) -> _Origin:
    return _Origin(scheme, authority.host, authority.port or _DEFAULT_PORTS.get(scheme))


def _parse_pattern(pattern: str) -> _Origin | None:
    scheme, separator, rest = pattern.partition("://*.")
    parsed = _parse_origin(f"{scheme}://{rest}" if separator else pattern)
    if parsed is None or "*" in parsed.host or parsed.scheme not in _DEFAULT_PORTS:
        return None
    return parsed._replace(host=f"*.{parsed.host}") if separator else parsed


def _matches(origin: _Origin, pattern: _Origin) -> bool:
    if not pattern.host.startswith("*."):
        return origin == pattern
    suffix = pattern.host[1:]
    same_door = (origin.scheme, origin.port) == (pattern.scheme, pattern.port)
    return same_door and origin.host.endswith(suffix) and len(origin.host) > len(suffix)


def _own_origin(scope: Mapping[str, Any], *, trust_forwarded_host: bool) -> _Origin | None:
    scheme = _PAGE_SCHEMES.get(scope.get("scheme", "ws"))
    if scheme is None:
        return None
    forwarded = _first_of_chain(scope, b"x-forwarded-host") if trust_forwarded_host else None
    hosts = header_values(scope["headers"], b"host")
    if forwarded is None and len(hosts) != 1:
        return None
    authority = parse_authority(hosts[0] if forwarded is None else forwarded)
    if authority is None:
        return None
    if authority.port is None and trust_forwarded_host:
        authority = authority._replace(port=_forwarded_port(scope, scheme))
    return _with_default_port(scheme, authority)


def _first_of_chain(scope: Mapping[str, Any], name: bytes) -> str | None:
    # Each proxy of a chain appends what it saw, so the first value is what the browser used.
    values = header_values(scope["headers"], name)
    return values[0].split(",")[0].strip() if values else None


def _forwarded_port(scope: Mapping[str, Any], scheme: str) -> int | None:
    # nginx's `$host` leaves the port out of X-Forwarded-Host; then X-Forwarded-Port is where it is.
    first = _first_of_chain(scope, b"x-forwarded-port") or ""
    port = int(first) if re.fullmatch(r"[0-9]{1,5}", first) else None
    # A proxy behind the one that ends TLS reports its own port 80 for an https page; that is no port a browser used.
    default_of_another_scheme = port in _DEFAULT_PORTS.values() and port != _DEFAULT_PORTS[scheme]
    return None if default_of_another_scheme else port
