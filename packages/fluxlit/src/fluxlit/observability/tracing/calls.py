"""A span around each call of an `ApiClient`, whose headers carry it on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from opentelemetry import propagate
from opentelemetry.trace import SpanKind, StatusCode

from fluxlit.observability.tracing.provider import tracer

if TYPE_CHECKING:
    from collections.abc import Generator

    from fluxlit_client.observation import ObservedCall

__all__ = ("call_span",)

_CLIENT_ERROR = 400


@contextmanager
def call_span(call: ObservedCall) -> Generator[None]:
    """A `CallObserver` of `fluxlit_client`."""
    parts = urlsplit(call.url)
    attributes = {"http.request.method": call.method, "url.path": parts.path}
    if parts.query:
        attributes["url.query"] = parts.query
    if request_id := call.headers.get("x-request-id"):
        attributes["fluxlit.request_id"] = request_id
    with tracer().start_as_current_span("fluxlit.api_call", kind=SpanKind.CLIENT, attributes=attributes) as span:
        propagate.inject(call.headers)
        yield
        span.set_attribute("http.response.status_code", call.status)
        if call.status >= _CLIENT_ERROR:
            span.set_status(StatusCode.ERROR)
