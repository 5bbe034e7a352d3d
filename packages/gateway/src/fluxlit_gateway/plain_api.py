"""The short way to the API, for the requests that need none of the gateway's decisions.

That is nearly every API request: below the prefix, no header that a proxy or FluxLit would have to judge. It makes the
same answer as the long way (a test compares the two) at a third of the cost.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from fluxlit_gateway.asgi import Message, Scope, Send
from fluxlit_gateway.observability.recorder import Recorder
from fluxlit_gateway.options import GatewayOptions
from fluxlit_gateway.routing.request_id import REQUEST_IDS

__all__ = ("PlainApi", "PlainRecord", "PlainRequest")

# First letters of the headers that need a look: x-forwarded-*, x-fluxlit-*, x-request-id, x-real-ip; forwarded.
_NEEDS_A_LOOK = frozenset({b"x", b"f"})
# Of those, the ones that a browser may well send and that need none.
_HARMLESS = frozenset({b"x-requested-with", b"x-csrf-token", b"x-xsrf-token", b"x-api-key", b"from"})
# Paths that are remembered: enough for the routes of an API, little whatever clients ask for.
_MOST_PATHS = 1_000
_LONGEST_PATH = 200


class PlainRecord:
    """What there is to record of a plain request; see ``RequestContext`` for the attributes."""

    __slots__ = ("request_id", "scope", "status")

    dispatch = "api"
    problem = ""
    passed_layers = True

    def __init__(self, scope: Scope, request_id: bytes) -> None:
        self.scope = scope
        self.request_id = request_id
        self.status = 0


PlainRequest: TypeAlias = tuple[dict[str, Any], Callable[[Message], Awaitable[None]], PlainRecord | None]
"""The API's scope and ``send``, and what to record in the end if somebody wants to know.

A bare tuple: a named one takes as long to make as all the checks.
"""


class PlainApi:
    """Recognises such requests and prepares them.

    Args:
        options: The settings; some of them leave no request plain.
        recorder: Who is told about requests.
        own_paths: Paths that the gateway answers itself, without the public mount.
    """

    def __init__(self, options: GatewayOptions, recorder: Recorder, own_paths: frozenset[str]) -> None:
        self._mount = options.root_mount
        self._root_path = options.root_mount + options.api_prefix
        self._below = self._root_path + "/"
        self._own_paths = frozenset(options.root_mount + path for path in own_paths)
        self._known_paths: set[str] = set()
        self._is_logged = recorder.is_logged
        self._is_always_recorded = recorder.is_always_on
        self._is_possible = not (options.allowed_hosts or options.api_security_headers)

    def prepare(self, scope: Scope, send: Send) -> PlainRequest | None:
        """Return what the API is called with, or ``None`` when the request has to go the long way."""
        path: str = scope["path"]
        if (path not in self._known_paths and not self._is_plain(path)) or scope["type"] != "http":
            return None
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        for name, _ in headers:
            if name[:1] in _NEEDS_A_LOOK and name not in _HARMLESS:
                return None
        root_path = scope.get("root_path")
        if root_path and root_path != self._mount:
            return None
        text_id = next(REQUEST_IDS.texts)
        own_id = text_id.encode("ascii")
        request_id = (b"x-request-id", own_id)
        state = scope.setdefault("state", {})
        state["request_id"] = text_id
        state["upstream_headers"] = []
        plain = {**scope, "root_path": self._root_path, "headers": [*headers, request_id]}
        record = PlainRecord(scope, own_id) if self._is_always_recorded or self._is_logged() else None

        def send_with_id(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                own = message.get("headers", ())
                for name, _ in own:
                    if name == b"x-request-id":
                        own = [pair for pair in own if pair[0] != b"x-request-id"]
                        break
                # A new list: the application may answer with the same one again.
                message["headers"] = [*own, request_id]
                if record is not None:
                    record.status = message["status"]
            return send(message)

        return plain, send_with_id, record

    def _is_plain(self, path: str) -> bool:
        """Whether a request to this path may go the short way."""
        if not self._is_possible or not path.startswith(self._below) or path in self._own_paths:
            return False
        # Whoever may be unsafe is looked at on the long way.
        if "/." in path or "\\" in path:
            return False
        if len(path) <= _LONGEST_PATH:
            if len(self._known_paths) >= _MOST_PATHS:
                self._known_paths.clear()
            self._known_paths.add(path)
        return True
