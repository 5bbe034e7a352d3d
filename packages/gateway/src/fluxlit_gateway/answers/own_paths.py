"""The paths that the gateway answers itself, whoever is behind it: health, metrics, debug, documentation."""

import asyncio
import logging

from fluxlit_gateway.answers.health import HEALTH_NAMES, health_document, send_health
from fluxlit_gateway.answers.redirects import DOCS_PATHS, send_docs_redirect
from fluxlit_gateway.answers.responses import send_bytes, send_json, send_text
from fluxlit_gateway.asgi import Send
from fluxlit_gateway.observability.debug_page import DEBUG_PATH, debug_document, debug_html
from fluxlit_gateway.observability.recorder import Recorder
from fluxlit_gateway.options import GatewayOptions
from fluxlit_gateway.routing.request_context import RequestContext
from fluxlit_gateway.upstream.protocols import Upstream
from fluxlit_gateway.waiting_page import wants_html

__all__ = ("OwnPaths",)

# The debug page shows what others have sent.
_DEBUG_POLICY = b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_LOGGER = logging.getLogger("fluxlit.gateway")


class OwnPaths:
    """Recognises and answers them.

    Args:
        upstream: Who serves the UI, for health and debug.
        options: The settings.
        recorder: Has the last requests, for debug.

    Attributes:
        names: All of these paths, without the public mount.
        is_withdrawn: Whether ``/readyz`` answers 503 because this process is about to stop.
    """

    def __init__(self, upstream: Upstream, options: GatewayOptions, recorder: Recorder) -> None:
        self._upstream = upstream
        self._options = options
        self._recorder = recorder
        prefix = options.api_prefix
        self._health = {base + name: name for name in HEALTH_NAMES for base in ("", prefix)}
        self._metrics_path = options.metrics_path
        if self._metrics_path is not None and (self._metrics_path + "/").startswith(prefix + "/"):
            _LOGGER.warning(
                "metrics_path %r lies under the API prefix %r, so metrics are not served; choose another path",
                self._metrics_path,
                prefix,
            )
            self._metrics_path = None
        self._debug_path = None if DEBUG_PATH.startswith(prefix + "/") or prefix == DEBUG_PATH else DEBUG_PATH
        names = set(self._health)
        if options.redirect_docs:
            names |= set(DOCS_PATHS)
        names |= {path for path in (self._metrics_path, self._debug_path) if path is not None}
        self.names = frozenset(names)
        self.is_withdrawn = False
        self._has_started = False

    def owns(self, context: RequestContext) -> bool:
        """Tell whether this request is one to answer here; only GET and HEAD are."""
        return context.path in self.names and context.scope.get("method") in {"GET", "HEAD"}

    def is_health(self, context: RequestContext) -> bool:
        """Tell whether a probe asks: it may come by address, under a host name that nobody else may use."""
        return context.path in self._health and self.owns(context)

    async def serve(self, context: RequestContext, send: Send) -> bool:
        """Answer, or return False when it is not one to answer after all.

        Args:
            context: A request that ``owns`` recognised.
            send: The ASGI ``send``.
        """
        scope, path = context.scope, context.path
        if path in self._health:
            self._has_started = self._has_started or bool(self._upstream.targets())
            status, document = health_document(
                self._health[path], self._upstream, has_started=self._has_started, is_withdrawn=self.is_withdrawn
            )
            await send_health(scope, send, status=status, document=document)
        elif path in DOCS_PATHS and self._options.redirect_docs:
            await send_docs_redirect(scope, send, base=context.mount + self._options.api_prefix, path=path)
        elif scope["method"] != "GET":
            return False
        elif path == self._metrics_path:
            await self._send_metrics(context, send)
        elif self._recorder.recent is None:
            await send_text(scope, send, status=404, text="Not Found")
        else:
            await self._send_debug(context, send)
        return True

    async def _send_metrics(self, context: RequestContext, send: Send) -> None:
        metrics = self._recorder.metrics
        assert metrics is not None  # noqa: S101 - there is a path for them
        # It reads files of the other processes, and an application's own collectors may do anything.
        text, kind = await asyncio.to_thread(metrics.text, self._upstream)
        await send_bytes(context.scope, send, status=200, body=text, content_type=kind.encode("ascii"))

    async def _send_debug(self, context: RequestContext, send: Send) -> None:
        if self._recorder.recent is None:
            return
        options = self._options
        document = debug_document(
            self._upstream,
            api_prefix=options.api_prefix,
            root_mount=context.mount,
            shown={"settings": options.debug_settings, "routes": options.debug_routes},
            recent=self._recorder.recent,
        )
        if wants_html(context.scope["headers"]):
            page = debug_html(document, title=options.title).encode()
            headers = ((b"cache-control", b"no-store"), (b"content-security-policy", _DEBUG_POLICY))
            kind = b"text/html; charset=utf-8"
            await send_bytes(context.scope, send, status=200, body=page, content_type=kind, headers=headers)
            return
        await send_json(context.scope, send, status=200, document=document)
