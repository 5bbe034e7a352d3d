"""One request as the gateway sees it: read once, passed along."""

from typing import Any

from fluxlit_gateway.asgi import HeaderPairs, Scope
from fluxlit_gateway.routing.paths import split_gateway_paths
from fluxlit_gateway.routing.request_id import resolve_request_id

__all__ = ("RequestContext",)


class RequestContext:
    """What the parts of the gateway need to know of a request.

    Args:
        scope: The server's ``http`` or ``websocket`` scope. A ``root_path`` in it (``uvicorn --root-path``, a mount
            inside another application, what a proxy told) is the public mount, before the configured one.
        root_mount: The configured public mount; the UI is served below it, too.
        trust_forwarded_host: Whether ``X-Forwarded-Host`` says what the browser asked for.

    Attributes:
        scope: The ASGI scope, as the server and then the layers have left it.
        state: The scope's ``state``: ``request_id``, ``upstream_headers`` and what layers and server put there.
        headers: The request's headers by name, the last of repeated ones; for looking things up, not for passing on.
        mount: The public mount, ``""`` for none.
        ui_mount: The configured one: below which path the UI serves, whatever browsers see.
        path: The decoded path without the public mount; what dispatch decides by.
        full_path: The decoded path with the public mount.
        request_id: The id that this request has in every log and header.
        host: The public ``Host`` of the request, as far as it can be trusted.
        dispatch: ``"api"``, ``"streamlit"`` or ``"gateway"``; a label of logs and metrics.
        status: The status of the answer, for logs and metrics; 0 while there is none.
        problem: What went wrong, for the access log; empty when nothing did.
        passed_layers: Whether no layer has kept it to itself: the answer is that of the API, the UI or the gateway.
        is_cross_origin: Whether a page of an origin that is neither this one nor allowed asks.
    """

    __slots__ = (
        "dispatch",
        "full_path",
        "headers",
        "host",
        "is_cross_origin",
        "mount",
        "passed_layers",
        "path",
        "problem",
        "request_id",
        "scope",
        "state",
        "status",
        "ui_mount",
    )

    def __init__(self, scope: Scope, *, root_mount: str = "", trust_forwarded_host: bool = False) -> None:
        # A copy: uvicorn's httptools parser goes on to append a request's trailers to the list, where they would escape
        # the rules for headers (RFC 9110, section 6.5.1, forbids that).
        scope["headers"] = list(scope["headers"])
        self.scope = scope
        headers: dict[bytes, bytes] = dict(scope["headers"])
        self.headers = headers
        mount: str = scope.get("root_path") or root_mount
        self.mount = mount
        self.ui_mount = root_mount
        path: str = scope["path"]
        self.path, self.full_path = split_gateway_paths(path, mount) if mount else (path, path)
        self.request_id = resolve_request_id(headers.get(b"x-request-id"))
        self.host = headers.get(b"host") or b"localhost"
        if trust_forwarded_host and b"x-forwarded-host" in headers:
            # The first proxy of a chain wrote the first value.
            first = next(value for name, value in scope["headers"] if name == b"x-forwarded-host")
            self.host = first.partition(b",")[0].strip() or self.host
        self.dispatch = "gateway"
        self.status = 0
        self.problem = ""
        self.passed_layers = False
        self.is_cross_origin = False
        # By the ASGI specification a copy for this request alone.
        self.state: dict[str, Any] = scope.setdefault("state", {})
        self.state["request_id"] = self.request_id.decode("ascii")
        self.state["upstream_headers"] = []

    def replace_scope(self, scope: Scope) -> None:
        """Go on with the scope of a layer; path and host stay what the checks have seen."""
        self.scope = scope
        self.headers = dict(scope["headers"])
        self.state = scope["state"]

    @property
    def upstream_headers(self) -> HeaderPairs:
        """What layers add to the request on its way to the UI."""
        headers: HeaderPairs = self.state["upstream_headers"]
        return headers
