"""The gateway itself: an ASGI application that looks at a request once and hands it to who answers it.

Lifecycle: built by ``build_gateway``; the server's lifespan starts and stops the API (and an in-process UI) and closes
the connections to the upstream. It also works on a server that knows no lifespan.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

from fluxlit_gateway.answer_tap import AnswerTap
from fluxlit_gateway.answers.errors import send_error
from fluxlit_gateway.answers.own_paths import OwnPaths
from fluxlit_gateway.answers.responses import wait_for_refused_handshake
from fluxlit_gateway.api_scope import api_scope
from fluxlit_gateway.app_hop import AppHop
from fluxlit_gateway.asgi import ASGIApp, Receive, Scope, Send
from fluxlit_gateway.assets import StaticAssets
from fluxlit_gateway.cors import with_cors
from fluxlit_gateway.errors import GatewayConfigurationError, ProxyError
from fluxlit_gateway.front_door import FrontDoor
from fluxlit_gateway.layers import Layer, Layers
from fluxlit_gateway.lifespan import serve_lifespan
from fluxlit_gateway.live_sockets import LiveSockets
from fluxlit_gateway.observability.recorder import Recorder
from fluxlit_gateway.options import GatewayOptions
from fluxlit_gateway.plain_api import PlainApi, PlainRecord, PlainRequest
from fluxlit_gateway.routing.request_context import RequestContext
from fluxlit_gateway.security_headers import SecurityHeaders
from fluxlit_gateway.ui_hop import UiHop
from fluxlit_gateway.upstream.protocols import Upstream
from fluxlit_gateway.upstream.static import AppUpstream

__all__ = ("Gateway",)

_SWITCHING_PROTOCOLS = 101
_SERVER_ERROR = 500


class Gateway:
    """The ASGI application in front of an API and a UI.

    Args:
        api: Any ASGI application; it gets what is below the API prefix.
        upstream: Who serves everything else.
        options: The settings.
        layers: Middleware around everything that answers, the first one outermost; see ``fluxlit_gateway.layers``.

    Attributes:
        api: As given.
        upstream: As given.
        options: As given.
    """

    def __init__(
        self, api: ASGIApp, upstream: Upstream, options: GatewayOptions, *, layers: Sequence[Layer] = ()
    ) -> None:
        self.api = api
        self.upstream = upstream
        self.options = options
        self._api = with_cors(api, options.cors)
        self._assets = (
            StaticAssets.for_streamlit(cache_dir=options.assets_cache_dir, lean=options.lean_first_view)
            if options.serve_streamlit_assets
            else None
        )
        self._mount = options.root_mount
        self._trust_forwarded_host = options.trust_forwarded_host
        self._prefix = options.api_prefix
        self._below_prefix = options.api_prefix + "/"
        self._recorder = Recorder(options)
        self._door = FrontDoor(options)
        self._own_paths = OwnPaths(upstream, options, self._recorder)
        self._plain_api = PlainApi(options, self._recorder, self._own_paths.names)
        is_app = isinstance(upstream, AppUpstream)
        self._ui = AppHop(upstream.app, options) if is_app else UiHop(upstream, options)
        self._layers = Layers(layers, self._answer)
        self._has_layers = self._layers.are_there
        self._sockets = LiveSockets()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection of the server."""
        if scope["type"] == "lifespan":
            await self._serve_lifespan(scope, receive, send)
        else:
            await self.answer(scope, receive, send)

    def answer(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer an HTTP request or a WebSocket; for who calls from a coroutine, which this saves one of.

        Args:
            scope: As the server made it, of type ``http`` or ``websocket``.
            receive: The server's.
            send: The server's.
        """
        plain = self.plain_request(scope, send)
        return self._serve(scope, receive, send) if plain is None else self.answer_plain(plain, receive)

    def plain_request(self, scope: Scope, send: Send) -> PlainRequest | None:
        """Return what ``answer_plain`` takes when the request is for the API and nothing of it has to be judged.

        Most requests to an API are such: below its prefix, and with no header in which a proxy would speak.

        Args:
            scope: As the server made it; its ``state`` gets the request's id.
            send: The server's.
        """
        return None if self._has_layers else self._plain_api.prepare(scope, send)

    def answer_plain(self, plain: PlainRequest, receive: Receive) -> Awaitable[None]:
        """Answer it. Until then, keys may be added to its scope, which is the API's alone.

        Args:
            plain: What ``plain_request`` returned.
            receive: The server's.
        """
        if plain[2] is None:
            return self._api(plain[0], receive, plain[1])
        return self._serve_recorded(plain, plain[2], receive)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.monotonic()
        context = RequestContext(scope, root_mount=self._mount, trust_forwarded_host=self._trust_forwarded_host)
        receive, send = self._recorder.begin(context, receive, send)
        try:
            security = self._admit(context)
            if self._layers.are_there:
                send = AnswerTap(context, send, security)
            if scope["type"] == "websocket":
                await self._sockets.serve(context, send, partial(self._layers, context, receive))
            else:
                await self._layers(context, receive, send)
        except ProxyError as error:
            await self._refuse(context, send, error)
        except Exception:
            context.status = context.status or _SERVER_ERROR
            raise
        finally:
            self._recorder.finish(context, started)
        if scope["type"] == "websocket" and context.status != _SWITCHING_PROTOCOLS:
            await wait_for_refused_handshake()

    async def _serve_recorded(self, plain: PlainRequest, record: PlainRecord, receive: Receive) -> None:
        started = time.monotonic()
        metrics = self._recorder.metrics
        if metrics is not None:
            metrics.in_flight += 1
        try:
            await self._api(plain[0], receive, plain[1])
        except Exception:
            record.status = record.status or _SERVER_ERROR
            raise
        finally:
            self._recorder.finish(record, started)

    def close_sockets(self, match: Callable[[Scope], bool], code: int = 4401) -> int:
        """Close the open WebSockets of this process that match, within a second; return how many there are.

        May be called from any thread. A handshake that is under way is refused.

        Args:
            match: Told the scope of the opening handshake, with what layers have put into its ``state``.
            code: The close code that browsers see.
        """
        return self._sockets.close(match, code)

    def withdraw(self) -> None:
        """Answer ``/readyz`` with 503 from now on, so that balancers send nothing more; serve all else as before."""
        self._own_paths.is_withdrawn = True

    def _admit(self, context: RequestContext) -> SecurityHeaders | None:
        """Let the request in, decide who answers, and return the security headers that the answer gets.

        Raises:
            ProxyError: It is not let in.
        """
        path = context.path
        if self._own_paths.owns(context):
            # A probe may come by address, under a host name that nobody else may use.
            if not self._own_paths.is_health(context):
                self._door.check(context)
            return None
        self._door.check(context)
        if path.startswith(self._below_prefix) or path == self._prefix:
            context.dispatch = "api"
            return self.options.api_security_headers
        context.dispatch = "streamlit"
        self._door.check_ui(context)
        return self.options.ui_security_headers

    async def _answer(self, context: RequestContext, receive: Receive, send: Send) -> None:
        try:
            if context.dispatch == "api":
                tap = AnswerTap(context, send, self.options.api_security_headers)
                await self._api(api_scope(context, self._prefix), receive, tap)
            elif context.dispatch == "streamlit":
                await self._serve_ui(context, receive, send)
            elif not await self._own_paths.serve(context, AnswerTap(context, send)):
                context.dispatch = "streamlit"
                self._door.check_ui(context)
                await self._serve_ui(context, receive, send)
        except ProxyError as error:
            await self._refuse(context, send, error)

    def metrics_text(self) -> tuple[bytes, str]:
        """Return the metrics of all processes as Prometheus text, and its content type.

        Raises:
            GatewayConfigurationError: Metrics are off.
        """
        if self._recorder.metrics is None:
            raise GatewayConfigurationError("metrics are off; turn them on with GatewayOptions(metrics=True)")
        return self._recorder.metrics.text(self.upstream)

    async def _serve_ui(self, context: RequestContext, receive: Receive, send: Send) -> None:
        if self._assets is not None and context.scope["type"] == "http":
            asset = self._assets.match(context.path)
            tap = AnswerTap(context, send, self.options.ui_security_headers)
            if asset is not None:
                metrics = self._recorder.metrics
                answer = metrics.watched_asset(tap) if metrics is not None else tap
                if await self._assets.respond(asset, context.scope, answer):
                    return
            elif b"html" in context.headers.get(b"accept", b""):
                send = self._assets.page_sender(context.scope, send)
        await self._ui.serve(context, receive, send)

    async def _refuse(self, context: RequestContext, send: Send, error: ProxyError) -> None:
        context.problem = context.problem or str(error)
        if self._recorder.metrics is not None:
            self._recorder.metrics.refused(error)
        tap = AnswerTap(context, send)
        await send_error(context.scope, tap, error, title=self.options.title, ui_state=self.upstream.state)

    async def _serve_lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        apps = [self.upstream.app, self._api] if isinstance(self.upstream, AppUpstream) else [self._api]
        await serve_lifespan(apps, scope, receive=receive, send=send, resources=self._running())

    @asynccontextmanager
    async def _running(self) -> AsyncGenerator[None]:
        if self._assets is not None:
            await self._assets.start()
        metrics = self._recorder.metrics
        if metrics is not None:
            metrics.start(self.options.metrics_folder)
        try:
            yield
        finally:
            self._recorder.flush()
            if metrics is not None:
                await asyncio.to_thread(metrics.stop)
            self._ui.close()
            if self._assets is not None:
                await self._assets.stop()
