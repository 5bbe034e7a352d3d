"""Where a process counts: dictionaries of plain numbers, since counting must cost next to nothing.

Lifecycle: one store for the process, empty until something counts; what several processes counted is merged when it is
shown.
"""

import threading
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

from fluxlit_gateway.metrics.catalogue import BY_NAME, SECONDS

__all__ = ("Labels", "MetricStore", "Snapshot", "merged", "process_store")

Labels: TypeAlias = tuple[str, ...]
# A page or a client cannot fill the memory with labels of its own.
_MOST_SERIES = 2_000


@dataclass
class Snapshot:
    """The numbers of one process, or of several."""

    values: dict[str, dict[Labels, float]] = field(default_factory=dict[str, dict[Labels, float]])
    """Counters and gauges."""
    histograms: dict[str, dict[Labels, list[float]]] = field(default_factory=dict[str, dict[Labels, list[float]]])
    """Observations in each bucket and above the last, then their sum."""

    def to_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "values": {name: [[*labels, value] for labels, value in by.items()] for name, by in self.values.items()},
            "histograms": {
                name: [[list(labels), cells] for labels, cells in by.items()] for name, by in self.histograms.items()
            },
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Snapshot":
        """What `to_json` made."""
        return cls(
            values={name: {tuple(row[:-1]): row[-1] for row in rows} for name, rows in data["values"].items()},
            histograms={
                name: {tuple(labels): cells for labels, cells in rows} for name, rows in data["histograms"].items()
            },
        )

    def without_gauges(self) -> "Snapshot":
        """What stays true of a process that has ended: a count does, a state does not."""
        kept = {name: by for name, by in self.values.items() if name in BY_NAME and BY_NAME[name].type == "counter"}
        return Snapshot(kept, self.histograms)


class MetricStore:
    """Counts. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[str, dict[Labels, float]] = {}
        self._histograms: dict[str, dict[Labels, list[float]]] = {}
        self.changes = 0
        """Grows with each change."""

    def add(self, name: str, labels: Labels = (), amount: float = 1) -> None:
        """Add to a counter or a gauge."""
        with self._lock:
            self.changes += 1
            by = self._values.get(name)
            if by is None:
                by = self._values[name] = {}
            if labels in by:
                by[labels] += amount
            elif len(by) < _MOST_SERIES:
                by[labels] = amount

    def set(self, name: str, labels: Labels, value: float) -> None:
        """Set a gauge."""
        with self._lock:
            self.changes += 1
            self._values.setdefault(name, {})[labels] = value

    def observe(self, name: str, labels: Labels, value: float) -> None:
        """Add an observation to a histogram."""
        with self._lock:
            self.changes += 1
            by = self._histograms.get(name)
            if by is None:
                by = self._histograms[name] = {}
            cells = by.get(labels)
            if cells is None:
                if len(by) >= _MOST_SERIES:
                    return
                cells = by[labels] = [0.0] * (len(SECONDS) + 2)
            cells[bisect_left(SECONDS, value)] += 1
            cells[-1] += value

    def add_observations(self, name: str, labels: Labels, values: Iterable[float]) -> None:
        """Add many observations to a histogram at once."""
        cells = [0.0] * (len(SECONDS) + 2)
        for value in values:
            cells[bisect_left(SECONDS, value)] += 1
            cells[-1] += value
        self.absorb(Snapshot(histograms={name: {labels: cells}}))

    def absorb(self, snapshot: Snapshot) -> None:
        """Go on counting from what a process before has counted."""
        with self._lock:
            whole = merged([Snapshot(self._values, self._histograms), snapshot])
            self._values, self._histograms = whole.values, whole.histograms
            self.changes += 1

    def snapshot(self) -> Snapshot:
        """A copy of all numbers."""
        with self._lock:
            return merged([Snapshot(self._values, self._histograms)])


def merged(snapshots: Iterable[Snapshot]) -> Snapshot:
    """The sums of several processes' numbers."""
    whole = Snapshot()
    for snapshot in snapshots:
        for name, by in snapshot.values.items():
            into = whole.values.setdefault(name, {})
            for labels, value in by.items():
                into[labels] = into.get(labels, 0) + value
        for name, rows in snapshot.histograms.items():
            sums = whole.histograms.setdefault(name, {})
            for labels, cells in rows.items():
                before = sums.get(labels)
                sums[labels] = list(cells) if before is None else [a + b for a, b in zip(before, cells, strict=True)]
    return whole


@lru_cache(maxsize=1)
def process_store() -> MetricStore:
    """The store of this process."""
    return MetricStore()
