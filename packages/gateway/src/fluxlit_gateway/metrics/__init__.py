"""Metrics: counted in plain dictionaries, shared between processes through files, shown as Prometheus text."""

from fluxlit_gateway.metrics.catalogue import GATEWAY_PROMETHEUS_METRICS, METRICS, Metric
from fluxlit_gateway.metrics.store import MetricStore, Snapshot, merged, process_store

__all__ = (
    "GATEWAY_PROMETHEUS_METRICS",
    "METRICS",
    "Metric",
    "MetricStore",
    "Snapshot",
    "merged",
    "process_store",
)
