"""Prometheus text. prometheus-client, which comes with the extra ``metrics``, is imported when it is first needed."""

import importlib.util
from collections.abc import Generator, Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from fluxlit_gateway.errors import GatewayConfigurationError
from fluxlit_gateway.metrics.catalogue import BY_NAME, SECONDS
from fluxlit_gateway.metrics.store import Snapshot
from fluxlit_gateway.upstream.protocols import Upstream

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric as Family

__all__ = ("exposition", "require_prometheus_client", "sidecar_numbers")

_STATES = ("starting", "warming", "spare", "ready", "draining", "stopped", "backing_off", "failed")


def require_prometheus_client() -> None:
    """Check that the extra is installed.

    Raises:
        GatewayConfigurationError: It is not.
    """
    if importlib.util.find_spec("prometheus_client") is None:
        raise GatewayConfigurationError(
            "metrics need prometheus-client: pip install 'fluxlit-gateway[metrics]', or turn metrics off"
        )


def exposition(numbers: Snapshot, *, with_process_metrics: bool = True) -> tuple[bytes, str]:
    """Return all metrics as text, and their content type.

    Args:
        numbers: FluxLit's own.
        with_process_metrics: Whether those that the application keeps in prometheus-client's registry come along. They
            are this process's alone.
    """
    import prometheus_client as library  # noqa: PLC0415  the extra may be missing

    registry = library.CollectorRegistry()
    registry.register(cast("Any", _Collector(numbers)))
    text = library.generate_latest(registry)
    if with_process_metrics:
        text += library.generate_latest(library.REGISTRY)
    return text, library.CONTENT_TYPE_LATEST


def sidecar_numbers(upstream: Upstream) -> Snapshot:
    """What the upstream says about its sidecars, as numbers."""
    sidecars = cast("Iterable[Mapping[str, Any]]", upstream.describe().get("sidecars") or ())
    values: dict[str, dict[tuple[str, ...], float]] = {"fluxlit_sidecars": {(state,): 0 for state in _STATES}}
    for sidecar in sidecars:
        states = values["fluxlit_sidecars"]
        state = (str(sidecar.get("state", "")),)
        states[state] = states.get(state, 0) + 1
        slot = (str(sidecar.get("slot", sidecar.get("name", ""))),)
        for name, key in _OF_A_SIDECAR.items():
            if (number := sidecar.get(key)) is not None:
                by = values.setdefault(name, {})
                by[slot] = by.get(slot, 0) + float(number)
    return Snapshot(values)


_OF_A_SIDECAR = {
    "fluxlit_sidecar_restarts_total": "restarts",
    "fluxlit_sidecar_sessions": "active_sessions",
    "fluxlit_sidecar_memory_bytes": "resident_memory",
    "fluxlit_sidecar_ready_seconds": "start_seconds",
}


class _Collector:
    """What prometheus-client asks for the metrics to write."""

    def __init__(self, numbers: Snapshot) -> None:
        self._numbers = numbers

    def collect(self) -> Generator["Family"]:
        from prometheus_client.core import (  # noqa: PLC0415  the extra may be missing
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
        )

        for metric in BY_NAME.values():
            name, text, labels = metric.name, metric.help, metric.labels
            if metric.type == "histogram":
                histogram = HistogramMetricFamily(name, text, labels=labels)
                for series, cells in self._numbers.histograms.get(name, {}).items():
                    histogram.add_metric(series, _cumulative(cells), cells[-1])
                yield histogram
                continue
            family = (CounterMetricFamily if metric.type == "counter" else GaugeMetricFamily)(name, text, labels=labels)
            for series, value in self._numbers.values.get(name, {}).items():
                family.add_metric(series, value)
            yield family


def _cumulative(cells: list[float]) -> list[tuple[str, float]]:
    bounds = [*(str(bound) for bound in SECONDS), "+Inf"]
    total = 0.0
    buckets: list[tuple[str, float]] = []
    for bound, count in zip(bounds, cells[:-1], strict=True):
        total += count
        buckets.append((bound, total))
    return buckets
