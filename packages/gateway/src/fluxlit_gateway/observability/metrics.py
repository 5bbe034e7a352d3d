"""Prometheus metrics of the gateway, in the process's default registry.

prometheus-client is imported when metrics are first used: it comes with the extra ``metrics``.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from fluxlit_gateway.errors import GatewayConfigurationError
from fluxlit_gateway.routing.request_context import RequestContext

if TYPE_CHECKING:
    from prometheus_client import Counter, Histogram

__all__ = (
    "DURATION",
    "GATEWAY_PROMETHEUS_METRICS",
    "REQUESTS",
    "GatewayMetrics",
    "get_gateway_prom_metrics",
    "render_metrics",
)

REQUESTS = "fluxlit_gateway_requests_total"
DURATION = "fluxlit_gateway_request_duration_seconds"

GATEWAY_PROMETHEUS_METRICS: tuple[dict[str, object], ...] = (
    {"name": REQUESTS, "type": "counter", "labels": ("dispatch", "method_kind"), "stability": "stable"},
    {"name": DURATION, "type": "histogram", "labels": ("dispatch",), "stability": "stable"},
)

_BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
# Whatever else a client makes up is one label value, so that clients cannot fill the registry.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})


@dataclass(frozen=True)
class GatewayMetrics:
    """The two metrics; names and labels are those of ``GATEWAY_PROMETHEUS_METRICS``."""

    requests: "Counter"
    duration: "Histogram"

    def observe(self, context: RequestContext, duration_s: float) -> None:
        """Count a request that is over; the life of a WebSocket is one observation.

        Args:
            context: The request.
            duration_s: Its duration in seconds.
        """
        scope = context.scope
        kind = "WEBSOCKET"
        if scope["type"] == "http":
            kind = scope["method"] if scope["method"] in _METHODS else "OTHER"
        self.requests.labels(dispatch=context.dispatch, method_kind=kind).inc()
        self.duration.labels(dispatch=context.dispatch).observe(duration_s)


@lru_cache(maxsize=1)
def get_gateway_prom_metrics() -> GatewayMetrics:
    """Return the metrics, registered once per process.

    Raises:
        GatewayConfigurationError: prometheus-client is not installed.
    """
    try:
        from prometheus_client import Counter, Histogram  # noqa: PLC0415  the extra may be missing
    except ImportError as exc:
        raise GatewayConfigurationError(
            "metrics need prometheus-client: pip install 'fluxlit-gateway[metrics]', or turn metrics off"
        ) from exc
    return GatewayMetrics(
        requests=Counter(REQUESTS, "Requests that the gateway answered.", ("dispatch", "method_kind")),
        duration=Histogram(DURATION, "Seconds from request to end of answer.", ("dispatch",), buckets=_BUCKETS),
    )


def render_metrics() -> tuple[bytes, str]:
    """Return all metrics of the process as text, and their content type."""
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest  # noqa: PLC0415  the extra may be missing

    return generate_latest(), CONTENT_TYPE_LATEST
