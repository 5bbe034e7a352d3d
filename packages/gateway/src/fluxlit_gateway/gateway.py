"""The gateway itself: an ASGI application that looks at a request once and hands it to who answers it.

Lifecycle: built by ``build_gateway``; the server's lifespan starts and stops the API (and an in-process UI) and closes
the connections to the upstream. It also works on a server that knows no lifespan.
"""

from fluxlit_gateway.answer_tap import AnswerTap
from fluxlit_gateway.answers.errors import send_error
from fluxlit_gateway.answers.own_paths import OwnPaths
from fluxlit_gateway.api_scope import api_scope
from fluxlit_gateway.app_hop import AppHop
from fluxlit_gateway.asgi import ASGIApp, Receive, Scope, Send
from fluxlit_gateway.errors import ProxyError
from fluxlit_gateway.front_door import FrontDoor
from fluxlit_gateway.lifespan import serve_lifespan
from fluxlit_gateway.observability.recorder import Recorder
from fluxlit_gateway.options import GatewayOptions
from fluxlit_gateway.routing.request_context import RequestContext, read_request
from fluxlit_gateway.ui_hop import UiHop
from fluxlit_gateway.upstream.protocols import Upstream
from fluxlit_gateway.upstream.static import AppUpstream

__all__ = ("Gateway",)

_SERVER_ERROR = 500


class Gateway:
    """The ASGI application in front of an API and a UI.

    Args:
        api: Any ASGI application; it gets what is below the API prefix.
        upstream: Who serves everything else.
        options: The settings.

    Attributes:
        api: As given.
        upstream: As given.
        options: As given.
    """

    def __init__(self, api: ASGIApp, upstream: Upstream, options: GatewayOptions) -> None:
        self.api = api
        self.upstream = upstream
        self.options = options
        self._prefix = options.api_prefix
        self._below_prefix = options.api_prefix + "/"
        self._recorder = Recorder(options)
        self._door = FrontDoor(options)
        self._own_paths = OwnPaths(upstream, options, self._recorder)
        is_app = isinstance(upstream, AppUpstream)
        self._ui = AppHop(upstream.app, options) if is_app else UiHop(upstream, options)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection of the server."""
        if scope["type"] == "lifespan":
            apps = [self.upstream.app, self.api] if isinstance(self.upstream, AppUpstream) else [self.api]
            await serve_lifespan(apps, scope, receive=receive, send=send, on_stopped=self._ui.close)
            return
        recorder, options = self._recorder, self.options
        started = recorder.start()
        context = read_request(scope, root_mount=options.root_mount, trust_forwarded_host=options.trust_forwarded_host)
        try:
            await self._dispatch(context, receive, send)
        except ProxyError as error:
            context.problem = context.problem or str(error)
            tap = AnswerTap(context, send, None)
            await send_error(scope, tap, error, title=options.title, ui_state=self.upstream.state)
        except Exception:
            context.status = context.status or _SERVER_ERROR
            raise
        finally:
            recorder.finish(context, started)

    async def _dispatch(self, context: RequestContext, receive: Receive, send: Send) -> None:
        path, own = context.path, self._own_paths
        is_own = own.owns(context)
        if not (is_own and own.is_health(context)):
            self._door.check(context)
        if is_own:
            tap = AnswerTap(context, send, None)
            if await own.serve(context, tap):
                return
        if path.startswith(self._below_prefix) or path == self._prefix:
            context.dispatch = "api"
            tap = AnswerTap(context, send, self.options.api_security_headers)
            await self.api(api_scope(context, self._prefix), receive, tap)
            return
        context.dispatch = "streamlit"
        self._door.check_ui(context)
        await self._ui.serve(context, receive, send)
