"""The documented module path of the gateway's metrics; the code is `fluxlit_gateway`'s."""

from fluxlit_gateway import GATEWAY_PROMETHEUS_METRICS, get_gateway_prom_metrics

__all__ = ("GATEWAY_PROMETHEUS_METRICS", "get_gateway_prom_metrics")
