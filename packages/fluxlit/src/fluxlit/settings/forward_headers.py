"""Which client headers may be let through to Streamlit by configuration."""

import re
from collections.abc import Iterable

__all__ = ("BLOCKED_HEADERS", "sort_header_names")

BLOCKED_HEADERS = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "cookie",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "set-cookie",
        "te",
        "transfer-encoding",
        "upgrade",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-prefix",
        "x-forwarded-proto",
    }
)
"""Headers of identity, of the hop and of forwarding: the gateway alone decides about them."""

_NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,63}$")


def sort_header_names(names: Iterable[str]) -> tuple[list[str], tuple[str, ...]]:
    """The names that are allowed and those that are not: lower case, once each, sorted."""
    lowered = {name.strip().lower() for name in names if name.strip()}
    refused = {name for name in lowered if name in BLOCKED_HEADERS or not _NAME.match(name)}
    return sorted(lowered - refused), tuple(sorted(refused))
