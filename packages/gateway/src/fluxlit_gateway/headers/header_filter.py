"""Which headers never cross the gateway, in either direction.

Hop-by-hop headers are those of RFC 9110, section 7.6.1, the older ones of RFC 2616, section 13.5.1, and every name
that a ``Connection`` header nominates.
"""

from collections.abc import Iterable

from fluxlit_gateway.asgi import HeaderPairs

__all__ = (
    "FORWARDING",
    "HOP_BY_HOP",
    "IDENTITY_PREFIX",
    "NOT_FROM_CLIENTS",
    "connection_nominated",
    "filter_request_headers",
)

HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"trailers",
        b"transfer-encoding",
        b"upgrade",
    }
)

# What a proxy says about the client; a client that says it itself is not believed. The gateway sets its own.
FORWARDING = frozenset(
    {
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-prefix",
        b"x-forwarded-proto",
        b"x-forwarded-scheme",
        b"x-forwarded-server",
        b"x-forwarded-ssl",
        b"x-real-ip",
    }
)

# The two WebSocket hops have handshakes of their own (RFC 6455, section 4.1).
_WEBSOCKET_HANDSHAKE = frozenset(
    {b"sec-websocket-extensions", b"sec-websocket-key", b"sec-websocket-protocol", b"sec-websocket-version"}
)

# Set by the gateway from what it knows, whatever the client sent.
NOT_FROM_CLIENTS = (
    HOP_BY_HOP | FORWARDING | _WEBSOCKET_HANDSHAKE | {b"content-length", b"expect", b"host", b"x-request-id"}
)

# FluxLit's own word on who the user is; only the gateway may say it.
IDENTITY_PREFIX = b"x-fluxlit-"


def connection_nominated(values: Iterable[bytes]) -> frozenset[bytes]:
    """Return the lower-case header names that these ``Connection`` values nominate as hop-by-hop."""
    return frozenset(token.strip().lower() for value in values for token in value.split(b","))


def filter_request_headers(raw: Iterable[tuple[bytes, bytes]], allowed: frozenset[bytes] = frozenset()) -> HeaderPairs:
    """Return the client's headers that may go to an upstream, repeated ones included, in their order.

    Args:
        raw: Header pairs with lower-case names, as an ASGI scope has them.
        allowed: Lower-case names of forwarding headers to keep although they are dropped by default; nothing else can
            be allowed.
    """
    pairs = list(raw)
    dropped = NOT_FROM_CLIENTS - (allowed & FORWARDING) if allowed else NOT_FROM_CLIENTS
    nominated = [value for name, value in pairs if name == b"connection"]
    if nominated and nominated not in ([b"keep-alive"], [b"close"]):
        dropped |= connection_nominated(nominated)
    return [pair for pair in pairs if pair[0] not in dropped and not pair[0].startswith(IDENTITY_PREFIX)]
