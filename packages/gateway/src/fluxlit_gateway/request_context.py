"""One request as the gateway sees it: read once, passed along."""

from dataclasses import dataclass

from fluxlit_gateway.asgi import Scope

__all__ = ("RequestContext",)


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
        outcome: What went wrong, for the access log; empty when nothing did.
    """

    scope: Scope
    headers: dict[bytes, bytes]
    path: str
    full_path: str
    mount: str
    request_id: str
    host: bytes
    dispatch: str = "gateway"
    outcome: str = ""

    @property
    def is_navigation(self) -> bool:
        """Whether a browser asks for a page: such a request is answered with a page, not with JSON."""
        if self.scope.get("method") not in {"GET", "HEAD"}:
            return False
        if self.headers.get(b"sec-fetch-mode", b"navigate") != b"navigate":
            return False
        return b"text/html" in self.headers.get(b"accept", b"")
