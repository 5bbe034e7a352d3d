"""Reading what a proxy wrote: `Forwarded` (RFC 7239) and the `X-Forwarded-*` headers, in one form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ("Hop", "parse_address", "parse_forwarded", "parse_prefix")

# RFC 7239, section 4: token "=" ( token / quoted-string ), separated by ";" within a hop and "," between hops.
_PAIR = re.compile(
    r"""\s*(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<token>[^\s;,"]*))\s*(?P<end>[;,]|$)"""
)
# What a path may hold in RFC 3986, but for percent-escapes: a mount is compared with decoded paths.
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~!$&'()*+;=:@-]+)+")
_DOTS = re.compile(r"/\.{1,2}(?:/|$)")


class Hop(NamedTuple):
    """What one proxy said.

    Attributes:
        address: Whose request it passed on, without a port; empty when it did not say.
        scheme: `http` or `https`; empty when it did not say.
        host: `Host` of that request; empty when it did not say.
    """

    address: str = ""
    scheme: str = ""
    host: str = ""


def parse_forwarded(values: Iterable[str]) -> list[Hop]:
    """The hops of all `Forwarded` headers, the outermost proxy first; empty when they are malformed."""
    hops: list[Hop] = []
    pairs: dict[str, str] = {}
    text, position = ",".join(values), 0
    while position < len(text):
        match = _PAIR.match(text, position)
        if match is None:
            return []
        quoted = match["quoted"]
        pairs[match["name"].lower()] = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else match["token"]
        if match["end"] != ";":
            hops.append(Hop(parse_address(pairs.get("for", "")), pairs.get("proto", "").lower(), pairs.get("host", "")))
            pairs = {}
        position = match.end()
    return hops


def parse_address(text: str) -> str:
    """An address without its port: `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]:80` or bare IPv6."""
    text = text.strip()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def parse_prefix(values: Sequence[str]) -> str:
    """The public path of `X-Forwarded-Prefix`, without a trailing slash; empty when there is none, or no usable one.

    Proxies that each removed a part name them one after the other, the outermost first: `/apps, /sales` is
    `/apps/sales`.
    """
    parts = [part.strip().strip("/") for value in values for part in value.split(",")]
    prefix = "".join(f"/{part}" for part in parts if part)
    return prefix if _PREFIX.fullmatch(prefix) and not _DOTS.search(prefix) else ""
