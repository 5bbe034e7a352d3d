"""The tracer of a process: OpenTelemetry's own configuration by `OTEL_...` variables, and no secret in what is sent.

Lifecycle: `start_tracing` makes a provider unless the application has set one; `stop_tracing` sends what is left.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, cast

from fluxlit.errors import ConfigurationError
from fluxlit_gateway.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
    from opentelemetry.trace import Tracer

__all__ = ("RedactingExporter", "start_tracing", "stop_tracing", "tracer")

_started: list[Any] = []


def start_tracing(service: str) -> None:
    """Send this process's spans to the collector of `OTEL_EXPORTER_OTLP_ENDPOINT`.

    Args:
        service: Name of the service, where `OTEL_SERVICE_NAME` gives none.

    Raises:
        ConfigurationError: The extra is not installed.
    """
    try:
        from opentelemetry import trace  # noqa: PLC0415 - the extra may be missing
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - as above
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - as above
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - as above
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - as above
    except ImportError as error:
        raise ConfigurationError(
            "enable_otel_tracing needs OpenTelemetry: pip install 'fluxlit[otel]', or turn it off"
        ) from error
    if _started or isinstance(trace.get_tracer_provider(), TracerProvider):
        return  # the application's own configuration, or ours from before
    given = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": service}
    provider = TracerProvider(resource=Resource.create(given))
    provider.add_span_processor(BatchSpanProcessor(cast("SpanExporter", RedactingExporter(OTLPSpanExporter()))))
    trace.set_tracer_provider(provider)
    _started.append(provider)


def stop_tracing() -> None:
    """Send what is left; the provider of an application stays its own."""
    while _started:
        _started.pop().shutdown()


def tracer() -> Tracer:
    """FluxLit's tracer."""
    from opentelemetry import trace  # noqa: PLC0415 - the extra may be missing

    return trace.get_tracer("fluxlit")


class RedactingExporter:
    """Removes secrets from the attributes of spans, whoever made them, before they leave the process.

    FastAPI's spans, for one, hold query strings. Meets OpenTelemetry's `SpanExporter`.

    Args:
        exporter: Who sends them.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send spans."""
        return self._exporter.export([_redacted(span) for span in spans])

    def shutdown(self) -> None:
        """Send no more."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what waits."""
        return self._exporter.force_flush(timeout_millis)


def _redacted(span: ReadableSpan) -> ReadableSpan:
    from opentelemetry.sdk.trace import Event, ReadableSpan  # noqa: PLC0415 - the extra may be missing

    return ReadableSpan(
        name=str(redact(span.name)),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_attributes(span.attributes),
        events=[Event(event.name, _attributes(event.attributes), event.timestamp) for event in span.events],
        links=span.links,
        kind=span.kind,
        instrumentation_scope=span.instrumentation_scope,
        status=span.status,
        start_time=span.start_time,
        end_time=span.end_time,
    )


def _attributes(attributes: Any) -> dict[str, Any]:
    cleaned: dict[str, Any] = {}
    given: dict[str, Any] = dict(attributes or {})
    for name, value in given.items():
        if name == "url.query":
            # A query without a question mark in front is no address yet.
            cleaned[name] = str(redact(f"?{value}")).removeprefix("?")
        else:
            cleaned[name] = redact(value, name=name)
    return cleaned
