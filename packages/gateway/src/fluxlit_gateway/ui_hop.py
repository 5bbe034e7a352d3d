"""Everything that is not the API: choosing a target and passing the request on to it.

Lifecycle: connections are opened as requests come; ``close`` closes them.
"""

import secrets

from fluxlit_gateway.affinity.cookie import AffinityCookie
from fluxlit_gateway.affinity.placement import Placement
from fluxlit_gateway.asgi import HeaderPairs, Receive, Send
from fluxlit_gateway.errors import NoUpstreamError, UpstreamRefusedError
from fluxlit_gateway.http_proxy.proxy import HttpProxy
from fluxlit_gateway.options import GatewayOptions
from fluxlit_gateway.routing.request_context import RequestContext
from fluxlit_gateway.upstream.protocols import Upstream, UpstreamTarget
from fluxlit_gateway.waiting_page import wants_html
from fluxlit_gateway.websocket_proxy.proxy import WebSocketProxy

__all__ = ("UiHop",)

_SECURE_SCHEMES = frozenset({"https", "wss"})


class UiHop:
    """Passes requests on to the targets of an upstream.

    Args:
        upstream: Who serves the UI.
        options: The settings.
    """

    def __init__(self, upstream: Upstream, options: GatewayOptions) -> None:
        self._upstream = upstream
        key = options.affinity_key
        self._cookie = AffinityCookie(
            options.affinity_cookie, key.get_secret_value().encode() if key is not None else secrets.token_bytes(32)
        )
        self._placement = Placement()
        self._http = HttpProxy(options)
        self._websocket = WebSocketProxy(options)

    async def serve(self, context: RequestContext, receive: Receive, send: Send) -> None:
        """Answer a request from the target that the browser belongs to, or from the one with the fewest sockets.

        A target that turns out to be gone is passed over as long as there is another one.

        Raises:
            ProxyError: There is no answer; nothing was sent yet.
        """
        if context.scope["type"] == "websocket":
            await receive()  # websocket.connect; whether to accept is the upstream's decision
        gone: set[str] = set()
        while True:
            target, headers = self._choose(context, gone)
            try:
                if context.scope["type"] == "http":
                    await self._http.serve(context, target, headers, receive=receive, send=send)
                else:
                    await self._serve_websocket(context, target, headers, receive=receive, send=send)
            except UpstreamRefusedError:
                gone.add(target.name)
                if all(other.name in gone for other in self._upstream.targets()):
                    raise
            else:
                return

    def live_sockets(self) -> dict[str, int]:
        """Return the number of open WebSockets by target name."""
        return self._placement.live()

    def close(self) -> None:
        """Close the connections to the targets."""
        self._http.close()

    def _choose(self, context: RequestContext, gone: set[str]) -> tuple[UpstreamTarget, HeaderPairs]:
        targets = self._upstream.targets()
        if gone:
            targets = [target for target in targets if target.name not in gone]
        belongs_to = self._cookie.read(context.scope["headers"]) if b"cookie" in context.headers else None
        target = self._placement.choose(targets, belongs_to)
        if target is None:
            raise NoUpstreamError(f"the UI is {self._upstream.state}")
        if not self._http.knows(target.address):
            # A new target: the moment to forget those that it replaces.
            self._http.forget_all_but({known.address for known in targets})
            self._placement.forget_all_but({known.name for known in targets})
        if target.name == belongs_to:
            return target, []
        return target, self._place(context, target)

    def _place(self, context: RequestContext, target: UpstreamTarget) -> HeaderPairs:
        # Only pages and WebSockets place a browser: the cookie must not get into caches with an asset, and programs
        # that fetch something else need none.
        scope = context.scope
        if scope["type"] == "http":
            sent = context.headers
            may_be_page = b"sec-fetch-dest" in sent or b"html" in sent.get(b"accept", b"").lower()
            if not (may_be_page and wants_html(scope["headers"])):
                return []
            self._placement.expect(target.name)
        return [self._cookie.header(target.name, path=context.mount, secure=scope.get("scheme") in _SECURE_SCHEMES)]

    async def _serve_websocket(
        self, context: RequestContext, target: UpstreamTarget, headers: HeaderPairs, *, receive: Receive, send: Send
    ) -> None:
        self._placement.opened(target.name)
        try:
            await self._websocket.serve(context, target, headers, receive=receive, send=send)
        finally:
            self._placement.closed(target.name)
