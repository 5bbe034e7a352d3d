"""Logs and metrics."""

from pydantic import Field
from pydantic_settings import BaseSettings

from fluxlit.settings.value_types import LogFormat, LogLevel

__all__ = ("ObservabilityFields",)


class ObservabilityFields(BaseSettings):
    """What is written down, how, and where metrics are read."""

    log_level: LogLevel = Field(default="info", description="Least severe log line that is written.")
    log_format: LogFormat = Field(
        default="console",
        description="`console` for people; `json` (one object a line) or `logfmt` (`key=value`) for log collectors.",
    )
    enable_request_logging: bool = Field(default=False, description="Write a line for each API request.")
    enable_gateway_access_log: bool = Field(default=False, description="Write a line for each request to the gateway.")
    enable_gateway_prometheus_metrics: bool = Field(default=False, description="Serve Prometheus metrics.")
    gateway_prometheus_metrics_path: str = Field(
        default="/__fluxlit/metrics", description="Path of the Prometheus metrics, outside the API's."
    )
    metrics_listen: str = Field(
        default="",
        description="Serve the metrics on an address of their own, `host:port` or `unix:/path`, instead of publicly.",
    )
    enable_otel_tracing: bool = Field(
        default=False,
        description="Send OpenTelemetry traces (extra `otel`) to the collector that the `OTEL_...` variables name.",
    )
    otel_baggage: bool = Field(
        default=False, description="Believe the W3C baggage of browsers' requests and pass it on."
    )
