"""The first lines of an upstream request, as bytes.

Bytes in, bytes out: the request target and every header value reach the upstream as the client sent them, whatever
their encoding. Only what could break the framing is refused.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote, quote_from_bytes

from fluxlit_gateway.asgi import HeaderPairs, Scope
from fluxlit_gateway.errors import BadRequestError
from fluxlit_gateway.headers.header_filter import filter_request_headers
from fluxlit_gateway.layers import with_upstream_headers
from fluxlit_gateway.routing.paths import split_gateway_paths
from fluxlit_gateway.routing.request_context import RequestContext

__all__ = ("forwarded_headers", "request_head", "request_target")

_NOT_URL_SAFE = re.compile(rb"[^\x21-\x7e]")
_SAFE_IN_TARGET = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


def request_target(scope: Scope, mount: str, *, outer: str = "") -> bytes:
    """Return the origin-form request target (RFC 9112, section 3.2.1) with the upstream's mount in front.

    The raw path is taken as it came, percent-escapes and all. Bytes that no request line may hold are escaped.

    Args:
        scope: The request.
        mount: Below which path the upstream serves.
        outer: A public mount that the upstream knows nothing of; it is removed where the path has it.
    """
    raw = scope.get("raw_path")
    path: bytes = raw or quote(scope["path"]).encode("ascii")
    if outer and outer != mount and split_gateway_paths(scope["path"], outer)[0] != scope["path"]:
        inner = quote(outer).encode("ascii")
        kept = path.startswith(inner)
        path = path[len(inner) :] if kept else quote(split_gateway_paths(scope["path"], outer)[0]).encode("ascii")
        path = path or b"/"
    if mount:
        prefix = mount.encode()
        if path != prefix and not path.startswith(prefix + b"/") and not scope["path"].startswith(mount + "/"):
            path = prefix + path
    query: bytes = scope["query_string"]
    target = path + b"?" + query if query else path
    if _NOT_URL_SAFE.search(target):
        target = quote_from_bytes(target, safe=_SAFE_IN_TARGET).encode("ascii")
    return target


def forwarded_headers(context: RequestContext, extra: Mapping[str, str]) -> HeaderPairs:
    """Return what the gateway itself says about the request: who asked, how, under which name and id.

    The client's address and the scheme are the ASGI scope's: the server in front (uvicorn's proxy-headers middleware)
    has already settled which proxies are believed.
    """
    scope, host = context.scope, context.host
    pairs = [(b"x-forwarded-proto", str(scope.get("scheme", "http")).encode()), (b"x-forwarded-host", host)]
    client = scope.get("client")
    if client:
        pairs.append((b"x-forwarded-for", str(client[0]).encode()))
    port = host.rpartition(b":")[2]
    if port.isdigit() and port != host:
        pairs.append((b"x-forwarded-port", port))
    if context.mount:
        pairs.append((b"x-forwarded-prefix", context.mount.encode()))
    pairs.append((b"x-request-id", context.request_id))
    pairs.extend((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in extra.items())
    return pairs


def request_head(
    context: RequestContext, *, method: str, own: HeaderPairs, allowed: frozenset[bytes] = frozenset()
) -> bytes:
    """Return request line and headers, ending with the empty line.

    Args:
        context: The request to pass on.
        method: The HTTP method.
        own: Headers that the gateway adds: forwarding, framing, the private hop's.
        allowed: See ``filter_request_headers``.

    Raises:
        BadRequestError: A header holds a line break or a NUL, which would change the meaning of the bytes.
    """
    lines = [
        method.encode("ascii"),
        b" ",
        request_target(context.scope, context.ui_mount, outer=context.mount),
        b" HTTP/1.1\r\nhost: ",
    ]
    lines.append(context.host)
    kept = with_upstream_headers(filter_request_headers(context.scope["headers"], allowed), context.upstream_headers)
    for name, value in kept:
        lines += (b"\r\n", name, b": ", value)
    for name, value in own:
        lines += (b"\r\n", name, b": ", value)
    lines.append(b"\r\n\r\n")
    head = b"".join(lines)
    breaks = 3 + len(kept) + len(own)
    if head.count(b"\n") != breaks or head.count(b"\r") != breaks or b"\0" in head:
        raise BadRequestError("a request header holds a line break or a NUL; remove it")
    return head
