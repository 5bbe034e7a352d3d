"""How long the rest of a run will take: from what the same turns took before, and from how this run compares."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.comparison.samples import Sample
    from benchmarks.comparison.schedule import Turn

_UNKNOWN_SECONDS = 3.0
_LEARNT_AFTER_SECONDS = 10.0


class Forecast:
    """Of one run.

    Args:
        plan: All of its turns.
        before: Turns that were taken before, in this or another run; the last ones count.
        taken: Numbers of the turns in the plan that will be passed over.
    """

    def __init__(self, plan: Sequence[Turn], before: Iterable[Sample], taken: Iterable[int] = ()) -> None:
        known = {(sample.work, sample.contestant): sample.seconds for sample in before}
        passed_over = set(taken)
        self._expected = [0.0 if place in passed_over else _seconds(turn, known) for place, turn in enumerate(plan)]
        self._begun = time.perf_counter()
        self.total = sum(self._expected)

    def done(self, turns: int) -> float:
        """The seconds that were expected for the first so many turns."""
        return sum(self._expected[:turns])

    def remaining(self, turns: int, elapsed: float | None = None) -> float:
        """The seconds that are left after so many turns.

        Args:
            turns: Those that are over.
            elapsed: Seconds since the run began; measured when it is not given.
        """
        elapsed = time.perf_counter() - self._begun if elapsed is None else elapsed
        done = self.done(turns)
        pace = elapsed / done if done >= _LEARNT_AFTER_SECONDS else 1.0
        return (self.total - done) * pace


def _seconds(turn: Turn, known: Mapping[tuple[str, str], float]) -> float:
    exact = known.get((turn.work.name, turn.contestant))
    if exact is not None:
        return exact
    alike = [seconds for (work, _), seconds in known.items() if work == turn.work.name]
    return statistics.fmean(alike or known.values() or [_UNKNOWN_SECONDS])
