"""One request as the gateway sees it: read once, passed along."""

from dataclasses import dataclass

from fluxlit_gateway.asgi import Scope
from fluxlit_gateway.routing.paths import split_gateway_paths
from fluxlit_gateway.routing.request_id import resolve_request_id

__all__ = ("RequestContext", "read_request")


@dataclass(slots=True)
class RequestContext:
    """What the parts of the gateway need to know of a request.

    Attributes:
        scope: The server's ASGI scope, untouched.
        headers: The request's headers by name, the last of repeated ones; for looking things up, not for passing on.
        path: The decoded path without the public mount; what dispatch decides by.
        full_path: The decoded path with the public mount.
        mount: The public mount, ``""`` for none.
        request_id: The id that this request has in every log and header.
        host: The public ``Host`` of the request, as far as it can be trusted.
        dispatch: ``"api"``, ``"streamlit"`` or ``"gateway"``; a label of logs and metrics.
        status: The status of the answer, for logs and metrics; 0 while there is none.
        problem: What went wrong, for the access log; empty when nothing did.
        is_cross_origin: Whether a page of an origin that is neither this one nor allowed asks.
    """

    scope: Scope
    headers: dict[bytes, bytes]
    path: str
    full_path: str
    mount: str
    request_id: str
    host: bytes
    dispatch: str = "gateway"
    status: int = 0
    problem: str = ""
    is_cross_origin: bool = False


def read_request(scope: Scope, *, root_mount: str, trust_forwarded_host: bool) -> RequestContext:
    """Read what is needed of a request.

    Args:
        scope: The server's ``http`` or ``websocket`` scope. A ``root_path`` in it (``uvicorn --root-path``, a mount
            inside another application) is the public mount, before the configured one.
        root_mount: The configured public mount.
        trust_forwarded_host: Whether ``X-Forwarded-Host`` says what the browser asked for.
    """
    mount = scope.get("root_path") or root_mount
    path, full_path = split_gateway_paths(scope["path"], mount)
    headers = dict(scope["headers"])
    host = headers.get(b"host") or b"localhost"
    if trust_forwarded_host and b"x-forwarded-host" in headers:
        # The first proxy of a chain wrote the first value (https://developer.mozilla.org/docs/Web/HTTP/Headers/X-Forwarded-Host).
        first = next(value for name, value in scope["headers"] if name == b"x-forwarded-host")
        host = first.partition(b",")[0].strip() or host
    return RequestContext(
        scope, headers, path, full_path, mount, resolve_request_id(headers.get(b"x-request-id")), host
    )
