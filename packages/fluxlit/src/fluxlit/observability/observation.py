"""The observing half of the gateway's process: what the API, the gateway and the sidecars are told to do.

Lifecycle: one for each stack. `running` starts tracing and the address of the metrics, and ends both.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Protocol

from fluxlit.observability.child_plan import ChildPlan
from fluxlit.observability.metrics_listener import MetricsListener
from fluxlit.observability.observed_api import ObservedApi, makes_own_spans
from fluxlit.observability.route_list import route_list
from fluxlit.tracing import hook_is_set, trace_span
from fluxlit_gateway.routing.request_id import resolve_request_id

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

    from fastapi import FastAPI
    from starlette.types import ASGIApp, Receive, Scope, Send

    from fluxlit.error_reports import ErrorHooks
    from fluxlit.settings import FluxlitSettings
    from fluxlit_gateway import Gateway
    from fluxlit_pages import PageRegistry

__all__ = ("Observation", "ObservedApplication")

_ASSETS = "/static/"


class ObservedApplication(Protocol):
    """What observing needs of the application."""

    @property
    def api(self) -> FastAPI:
        """The API application."""
        ...

    @property
    def settings(self) -> FluxlitSettings:
        """The settings."""
        ...

    @property
    def page_registry(self) -> PageRegistry:
        """The pages."""
        ...

    @property
    def error_hooks(self) -> ErrorHooks:
        """Told about exceptions of routes."""
        ...


class Observation:
    """Observes one application in this process.

    Attributes:
        api: The API, observed.
        sees_requests: Tells whether requests are to pass through `serve` now.
    """

    def __init__(self, app: ObservedApplication) -> None:
        """Look at the settings; nothing is started.

        Raises:
            ConfigurationError: Tracing is on and its extra not installed.
        """
        self._app = app
        settings = app.settings
        self._tracing = settings.enable_otel_tracing
        self._metrics = settings.enable_gateway_prometheus_metrics or bool(settings.metrics_listen)
        if self._tracing:
            from fluxlit.observability.tracing.provider import start_tracing  # noqa: PLC0415 - the extra may be missing

            # Before the API starts: FastAPI looks for a provider then.
            start_tracing(settings.title)
        self.api: ASGIApp = self._observed_api()
        # Each request asks.
        self.sees_requests: Callable[[], bool] = _always if self._tracing else hook_is_set

    def _observed_api(self) -> ASGIApp:
        api: ASGIApp = self._app.api
        if self._tracing and not makes_own_spans(api):
            from fluxlit.observability.tracing.server_spans import ServerSpans  # noqa: PLC0415 - the extra may be missing

            api = ServerSpans(api, name="fluxlit.api.request", baggage=self._app.settings.otel_baggage)
        settings = self._app.settings
        return ObservedApi(api, log_requests=settings.enable_request_logging, hooks=self._app.error_hooks)

    def gateway_options(self, folder: Path | None) -> dict[str, Any]:
        """Options of the gateway: metrics, and what the debug page shows.

        Args:
            folder: The private folder, where processes share their numbers; `None` before the start.
        """
        settings = self._app.settings
        public = self._metrics and not settings.metrics_listen
        return {
            "metrics": self._metrics,
            "metrics_path": settings.gateway_prometheus_metrics_path if public else None,
            "metrics_folder": folder / "metrics" if folder is not None and self._metrics else None,
            "debug_routes": tuple(route_list(self._app.api, self._app.page_registry)) if settings.debug else (),
        }

    def child_environment(self, folder: Path) -> dict[str, str]:
        """What sidecars find in their environment."""
        settings = self._app.settings
        level = settings.log_level.upper()
        plan = ChildPlan(
            service=settings.title,
            metrics_folder=folder / "metrics" if self._metrics else None,
            tracing=self._tracing,
            baggage=settings.otel_baggage,
            # Libraries at debug would tell of each byte; FluxLit's own loggers have levels of their own.
            log_level="INFO" if level in {"DEBUG", "TRACE"} else level,
        )
        return plan.to_env()

    @contextlib.asynccontextmanager
    async def running(self, gateway: Gateway) -> AsyncGenerator[None]:
        """Observe while the block runs."""
        async with contextlib.AsyncExitStack() as stack:
            if self._tracing:
                from fluxlit.observability.tracing.provider import stop_tracing  # noqa: PLC0415 - as above

                stack.callback(stop_tracing)
            if address := self._app.settings.metrics_listen:
                await stack.enter_async_context(MetricsListener(address, gateway.metrics_text).running())
            yield

    async def serve(self, gateway: ASGIApp, scope: Scope, receive: Receive, *, send: Send) -> None:
        """Let the gateway serve a request, in the spans of whoever wants some."""
        if self._tracing:
            from fluxlit.observability.tracing.server_spans import ServerSpans  # noqa: PLC0415 - as above

            gateway = ServerSpans(gateway, name="fluxlit.gateway.request", baggage=self._app.settings.otel_baggage)
        if hook_is_set():
            await self._serve_hooked(gateway, scope, receive, send=send)
        else:
            await gateway(scope, receive, send)

    async def _serve_hooked(self, gateway: ASGIApp, scope: Scope, receive: Receive, *, send: Send) -> None:
        sent = next((value for name, value in scope["headers"] if name == b"x-request-id"), None)
        request_id = resolve_request_id(sent)
        headers = [pair for pair in scope["headers"] if pair[0] != b"x-request-id"]
        scope = {**scope, "headers": [*headers, (b"x-request-id", request_id)]}
        path, prefix = self._path_without_mount(scope), self._app.settings.api_mount_path
        is_api = path == prefix or path.startswith(prefix + "/")
        known = request_id.decode("ascii")
        attributes = {
            "fluxlit.dispatch": "api" if is_api else "streamlit",
            "http.method_or_type": scope.get("method", "WEBSOCKET"),
            "url.path": scope["path"],
            "request_id": known,
        }
        with contextlib.ExitStack() as spans:
            spans.enter_context(trace_span("fluxlit.gateway.request", attributes))
            if scope["type"] == "http" and not is_api and not path.startswith(_ASSETS):
                details = {"http.request.method": scope["method"], "url.full": path, "fluxlit.request_id": known}
                spans.enter_context(trace_span("fluxlit.gateway.upstream_http", details))
            await gateway(scope, receive, send)

    def _path_without_mount(self, scope: Scope) -> str:
        mount = "/" + self._app.settings.public_mount_path().strip("/")
        path: str = scope["path"]
        return path.removeprefix(mount) if mount != "/" and path.startswith(mount + "/") else path


def _always() -> bool:
    return True
