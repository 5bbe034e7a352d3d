"""Every metric that FluxLit has: name, type, labels, meaning. Dashboards and alerts are checked against this list."""

from dataclasses import dataclass
from typing import Literal

__all__ = ("BY_NAME", "GATEWAY_PROMETHEUS_METRICS", "METRICS", "SECONDS", "Metric")

SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the buckets of every histogram."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric, as Prometheus sees it."""

    name: str
    type: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    help: str
    stability: Literal["stable", "experimental"] = "stable"

    def as_dict(self) -> dict[str, object]:
        """Name, type, labels and stability."""
        return {"name": self.name, "type": self.type, "labels": self.labels, "stability": self.stability}


METRICS = (
    Metric(
        "fluxlit_gateway_requests_total", "counter", ("dispatch", "method_kind"), "Requests that the gateway answered."
    ),
    Metric(
        "fluxlit_gateway_request_duration_seconds",
        "histogram",
        ("dispatch",),
        "Seconds from request to end of answer; the life of a WebSocket is one observation.",
    ),
    Metric(
        "fluxlit_gateway_responses_total", "counter", ("dispatch", "status_class"), "Answers by class of their status."
    ),
    Metric("fluxlit_gateway_requests_in_flight", "gauge", (), "HTTP requests that are being answered."),
    Metric("fluxlit_gateway_websockets_open", "gauge", (), "WebSockets that are open."),
    Metric(
        "fluxlit_gateway_websocket_bytes_total",
        "counter",
        ("direction",),
        "Bytes of WebSocket messages; in: from browsers, out: to browsers.",
    ),
    Metric(
        "fluxlit_gateway_limit_refusals_total",
        "counter",
        ("limit",),
        "Requests refused by a limit: body (413), concurrency (503), rate (a layer's 429).",
    ),
    Metric(
        "fluxlit_gateway_assets_total",
        "counter",
        ("result",),
        "Static files by how they were served: not_modified, compressed (from the cache), plain.",
    ),
    Metric("fluxlit_gateway_memory_bytes", "gauge", (), "Resident memory of the gateway's processes."),
    Metric("fluxlit_gateway_workers", "gauge", (), "Gateway processes that serve."),
    Metric("fluxlit_sidecars", "gauge", ("state",), "Sidecars by state."),
    Metric("fluxlit_sidecar_restarts_total", "counter", ("slot",), "Times that a failed sidecar was replaced."),
    Metric("fluxlit_sidecar_sessions", "gauge", ("slot",), "Open sessions."),
    Metric("fluxlit_sidecar_memory_bytes", "gauge", ("slot",), "Resident memory at the last probe."),
    Metric("fluxlit_sidecar_ready_seconds", "gauge", ("slot",), "How long the sidecar took from its start to ready."),
    Metric(
        "fluxlit_page_run_duration_seconds",
        "histogram",
        ("page",),
        "Seconds of one run of a page or of its fragments.",
    ),
    Metric(
        "fluxlit_page_runs_total",
        "counter",
        ("page", "trigger", "outcome"),
        "Runs of pages by what asked for them (load, widget, fragment, timer, rerun) and how they ended (ok, error).",
    ),
)
"""All of them."""

BY_NAME = {metric.name: metric for metric in METRICS}

GATEWAY_PROMETHEUS_METRICS = tuple(metric.as_dict() for metric in METRICS[:2])
"""The two that have been there from the first version, with their labels."""
