"""What surrounds each request to the API: its id for log lines, a line of its own, and a word about what it raises."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from fluxlit.error_reports import ErrorHooks, ErrorReport
from fluxlit.observability.unused_telemetry import TELEMETRY_SCOPE_KEY, UnusedTelemetry
from fluxlit_client.correlation import new_request_id, request_id_ctx

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ("ObservedApi", "makes_own_spans")

_LOGGER = logging.getLogger("fluxlit.api")
_NO_HEADER = (b"", b"")


class ObservedApi:
    """ASGI middleware around the API, for requests of browsers and of pages alike.

    Args:
        api: The application.
        log_requests: Whether to write a line for each request.
        hooks: Told about exceptions; looked at with each request, so that hooks may be added late.
    """

    def __init__(self, api: ASGIApp, *, log_requests: bool, hooks: ErrorHooks) -> None:
        self._api = api
        self._log_requests = log_requests
        self._hooks = hooks
        self._telemetry = UnusedTelemetry(api)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await self._api(scope, receive, send)
            return
        headers = scope["headers"]
        # The gateway puts it last.
        sent = headers[-1] if headers else _NO_HEADER
        request_id = sent[1].decode("latin-1") if sent[0] == b"x-request-id" else _request_id(scope)
        if self._telemetry.is_certain():
            scope[TELEMETRY_SCOPE_KEY] = None
        token = request_id_ctx.set(request_id)
        # Not reset after an exception: the server logs that in the same context, and its line needs the id too.
        if self._log_requests or self._hooks.registered:
            await self._watched(scope, receive, send)
        else:
            await self._api(scope, receive, send)
        request_id_ctx.reset(token)

    async def _watched(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.monotonic()
        status = 0

        async def noting_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._api(scope, receive, noting_send)
        except Exception as error:
            self._hooks.tell(
                ErrorReport(
                    error=error,
                    kind="route",
                    path=scope["path"],
                    request_id=request_id_ctx.get() or "",
                    method=scope.get("method", "WEBSOCKET"),
                )
            )
            raise
        finally:
            if self._log_requests:
                _write_line(scope, status, time.monotonic() - started)


def _write_line(scope: Scope, status: int, seconds: float) -> None:
    method, duration = scope.get("method", "WEBSOCKET"), round(seconds * 1000, 1)
    # A path cannot write lines of its own.
    path = scope["path"].encode("unicode_escape").decode("ascii")
    fields = {"http_method_or_type": method, "path": path, "status": status, "duration_ms": duration}
    _LOGGER.info("%s %s %s in %s ms", method, path, status or "-", duration, extra=fields)


def _request_id(scope: Scope) -> str:
    for name, value in reversed(scope["headers"]):
        if name == b"x-request-id":
            return value.decode("latin-1")
    return new_request_id()


def makes_own_spans(api: Any) -> bool:
    """Whether the API makes a span for each request by itself: FastAPI's own telemetry, or an instrumentation."""
    if getattr(api, "_is_instrumented_by_opentelemetry", False):
        return True
    config: Any = getattr(api, "_telemetry", None)
    if config is not None and config.get("tracing", False):
        return True
    middleware = getattr(api, "user_middleware", ())
    return any(getattr(each.cls, "__name__", "") == "OpenTelemetryMiddleware" for each in middleware)
