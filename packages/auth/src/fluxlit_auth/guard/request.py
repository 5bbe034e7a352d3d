"""A request as the guard and its methods see it."""

from typing import Final
from urllib.parse import quote

from starlette.requests import HTTPConnection
from starlette.types import Scope

from fluxlit_auth.guard.path_rules import below_mount

__all__ = ("GuardRequest",)

_SECURE: Final = frozenset({"https", "wss"})


class GuardRequest(HTTPConnection):
    """An HTTP request or WebSocket handshake, and where it is in the application.

    Attributes:
        mount: The public mount: what is in front of the application's own paths.
        app_path: The decoded path without the mount.
    """

    def __init__(self, scope: Scope, *, root_mount: str = "", trust_forwarded_host: bool = False) -> None:
        super().__init__(scope)
        self.mount: str = scope.get("root_path") or root_mount
        self.app_path = below_mount(scope["path"], self.mount)
        self._trust_forwarded_host = trust_forwarded_host

    @property
    def is_socket(self) -> bool:
        """Whether it is a WebSocket handshake."""
        return self.scope["type"] == "websocket"

    @property
    def method(self) -> str:
        """The HTTP method; a handshake is a GET."""
        return str(self.scope.get("method", "GET"))

    @property
    def is_secure(self) -> bool:
        """Whether the browser talks HTTPS, as far as the server knows."""
        return self.scope.get("scheme") in _SECURE

    @property
    def origin(self) -> str:
        """Scheme and host as the browser has them in its address bar."""
        host = self.headers.get("host", "localhost")
        if self._trust_forwarded_host:
            # The first proxy of a chain wrote the first value.
            host = self.headers.get("x-forwarded-host", "").partition(",")[0].strip() or host
        return f"{'https' if self.is_secure else 'http'}://{host.lower()}"

    @property
    def client_host(self) -> str:
        """Who connected, or whom a trusted proxy names; for counting, not for trusting."""
        return str(self.scope["client"][0]) if self.scope.get("client") else "unix"

    @property
    def is_navigation(self) -> bool:
        """Whether a person's browser goes to a page, so that an answer may be a page or a way to one.

        Fetch Metadata says so in every current browser (`Sec-Fetch-Mode`); without it, `Accept` does.
        """
        if self.is_socket or self.method not in {"GET", "HEAD"}:
            return False
        mode = self.headers.get("sec-fetch-mode")
        return mode == "navigate" if mode else "text/html" in self.headers.get("accept", "")

    @property
    def here(self) -> str:
        """Path and query of this request, with the mount, as a browser may be sent back to."""
        query = self.scope["query_string"].decode("latin-1")
        path = quote(self.mount + self.app_path, safe="/:@!$&'()*+,;=~-._")
        return f"{path}?{query}" if query else path
