"""The ASGI scope that the API sees.

``path`` stays whole and ``root_path`` is everything in front of the API's own routes, as ASGI has it: that is what
makes sub-applications, ``url_for``, slash redirects and the servers of an OpenAPI document right.
"""

from typing import Any

from fluxlit_gateway.headers.header_filter import FORWARDING, IDENTITY_PREFIX
from fluxlit_gateway.headers.request_head import forwarded_headers
from fluxlit_gateway.routing.request_context import RequestContext

__all__ = ("api_scope",)

_REWRITTEN = FORWARDING | {b"x-request-id", b"host"}


def api_scope(context: RequestContext, prefix: str) -> dict[str, Any]:
    """Return the scope for the API.

    A client's word on who it is and where it came from is replaced by what the server knows; a request that says
    nothing of the kind gets nothing but its request id.

    Args:
        context: The request.
        prefix: The API prefix.
    """
    scope = dict(context.scope)
    if context.full_path != scope["path"]:
        scope["path"] = context.full_path
        scope["raw_path"] = context.mount.encode() + (scope.get("raw_path") or b"")
    scope["root_path"] = context.mount + prefix
    sent = context.headers
    names = b" ".join(sent)
    if b"forwarded" in names or b"x-real-ip" in names or IDENTITY_PREFIX in names:
        kept = [
            pair for pair in scope["headers"] if pair[0] not in _REWRITTEN and not pair[0].startswith(IDENTITY_PREFIX)
        ]
        scope["headers"] = [(b"host", context.host), *kept, *forwarded_headers(context, {})]
    elif b"x-request-id" not in sent:
        scope["headers"] = [*scope["headers"], (b"x-request-id", context.request_id)]
    elif sent[b"x-request-id"] != context.request_id:
        kept = [pair for pair in scope["headers"] if pair[0] != b"x-request-id"]
        scope["headers"] = [*kept, (b"x-request-id", context.request_id)]
    return scope
