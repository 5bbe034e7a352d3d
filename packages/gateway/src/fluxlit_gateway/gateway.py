"""The gateway itself: an ASGI application that looks at a request once and hands it to who answers it.

Lifecycle: built by ``build_gateway``; the server's lifespan starts and stops the API (and an in-process UI) and closes
the connections to the upstream. It also works on a server that knows no lifespan.
"""

from fluxlit_gateway.asgi import ASGIApp, HeaderPairs, Receive, Scope, Send
from fluxlit_gateway.errors import NoUpstreamError, ProxyError
from fluxlit_gateway.health import HEALTH_NAMES, health_document, send_health
from fluxlit_gateway.http_proxy.proxy import HttpProxy
from fluxlit_gateway.lifespan import serve_lifespan
from fluxlit_gateway.options import GatewayOptions
from fluxlit_gateway.paths import split_gateway_paths
from fluxlit_gateway.request_context import RequestContext
from fluxlit_gateway.request_id import resolve_request_id
from fluxlit_gateway.responses import error_document, send_bytes, send_json
from fluxlit_gateway.upstream.protocols import Upstream, UpstreamTarget
from fluxlit_gateway.upstream.static import AppUpstream
from fluxlit_gateway.waiting_page import waiting_page, waiting_page_headers, wants_html
from fluxlit_gateway.websocket_proxy.proxy import WebSocketProxy

__all__ = ("Gateway",)


class Gateway:
    """The ASGI application in front of an API and a UI.

    Args:
        api: Any ASGI application; it gets what is below the API prefix.
        upstream: Who serves everything else.
        options: The settings.
    """

    def __init__(self, api: ASGIApp, upstream: Upstream, options: GatewayOptions) -> None:
        self.api = api
        self.upstream = upstream
        self.options = options
        self._prefix = options.api_prefix
        self._below_prefix = options.api_prefix + "/"
        self._http = HttpProxy(options)
        self._websocket = WebSocketProxy(options)
        self._has_started = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection of the server."""
        if scope["type"] == "lifespan":
            apps = [self.upstream.app, self.api] if isinstance(self.upstream, AppUpstream) else [self.api]
            await serve_lifespan(apps, scope, receive=receive, send=send, on_stopped=self._http.close)
            return
        context = self._context(scope)
        path = context.path
        if path.startswith(self._below_prefix) or path == self._prefix:
            await self._serve_api(context, receive, send)
        else:
            await self._serve_ui(context, receive, send)

    def _context(self, scope: Scope) -> RequestContext:
        mount = scope.get("root_path") or self.options.root_mount
        path, full_path = split_gateway_paths(scope["path"], mount)
        headers = dict(scope["headers"])
        return RequestContext(
            scope=scope,
            headers=headers,
            path=path,
            full_path=full_path,
            mount=mount,
            request_id=resolve_request_id(headers.get(b"x-request-id")),
            host=headers.get(b"host", b"localhost"),
        )

    async def _serve_api(self, context: RequestContext, receive: Receive, send: Send) -> None:
        scope = context.scope
        name = context.path[len(self._prefix) :]
        if name in HEALTH_NAMES and scope.get("method") in {"GET", "HEAD"}:
            status, document = health_document(name, self.upstream, has_started=self._has_started)
            await send_health(scope, send, status=status, document=document)
            return
        api_scope = dict(scope)
        api_scope["path"] = context.full_path
        api_scope["root_path"] = context.mount + self._prefix
        if context.full_path != scope["path"]:
            api_scope["raw_path"] = context.mount.encode() + (scope.get("raw_path") or b"")
        await self.api(api_scope, receive, send)

    async def _serve_ui(self, context: RequestContext, receive: Receive, send: Send) -> None:
        if isinstance(self.upstream, AppUpstream):
            await self.upstream.app(context.scope, receive, send)
            return
        proxy = self._http if context.scope["type"] == "http" else self._websocket
        extra: HeaderPairs = []
        try:
            target = self._choose(context)
            await proxy.serve(context, target, extra, receive=receive, send=send)
        except ProxyError as error:
            await self._send_error(context, error, send)

    def _choose(self, context: RequestContext) -> UpstreamTarget:
        del context
        targets = self.upstream.targets()
        if not targets:
            raise NoUpstreamError(f"the UI is {self.upstream.state}")
        self._has_started = True
        return targets[0]

    async def _send_error(self, context: RequestContext, error: ProxyError, send: Send) -> None:
        scope = context.scope
        headers: HeaderPairs = [(b"x-request-id", context.request_id.encode("latin-1"))]
        is_page = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} and wants_html(scope["headers"])
        if isinstance(error, NoUpstreamError) and is_page:
            body = waiting_page(self.options.title, self.upstream.state)
            pairs = waiting_page_headers()
            headers += [pair for pair in pairs if pair[0] != b"content-type"]
            await send_bytes(
                scope, send, status=503, body=body, content_type=b"text/html; charset=utf-8", headers=headers
            )
            return
        if error.retry_after is not None:
            headers.append((b"retry-after", b"%d" % error.retry_after))
        document = error_document(error.status, str(error))
        await send_json(scope, send, status=error.status, document=document, headers=headers)
