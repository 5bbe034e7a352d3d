"""Choosing a target for a request.

A browser stays where it is as long as that target lives, draining or not. A new one goes to the accepting target with
the fewest live WebSockets, counted in this process. A page is asked for before its WebSocket opens, so browsers placed
in the last seconds count as if theirs were open; a crowd that arrives at once is spread.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Sequence
from itertools import count

from fluxlit_gateway.upstream.protocols import UpstreamTarget

__all__ = ("Placement",)

# From the answer with the page to the WebSocket of that page: loading Streamlit's assets over a slow line.
_EXPECTED_WITHIN_S = 10.0


class Placement:
    """Live WebSockets and expected ones, by target.

    Args:
        clock: Monotonic seconds; another one in tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._live: Counter[str] = Counter()
        self._expected: dict[str, deque[float]] = {}
        self._turns = count(1)
        self._last_turn: dict[str, int] = {}

    def choose(self, targets: Sequence[UpstreamTarget], belongs_to: str | None) -> UpstreamTarget | None:
        """Return the target for a request, or ``None`` when a new browser cannot be placed.

        Args:
            targets: Those that can serve now.
            belongs_to: Name from the browser's cookie.
        """
        if belongs_to is not None:
            for target in targets:
                if target.name == belongs_to:
                    return target
        accepting = [target for target in targets if target.accepts_new]
        if len(accepting) <= 1:
            return accepting[0] if accepting else None
        # Among equals the one that was chosen longest ago: browsers that come one after the other are spread as well.
        return min(accepting, key=lambda target: (self._load(target), self._last_turn.get(target.name, 0)))

    def expect(self, name: str) -> None:
        """Note that a browser was placed, whose WebSocket is to come."""
        self._last_turn[name] = next(self._turns)
        self._expected.setdefault(name, deque()).append(self._clock())

    def opened(self, name: str) -> None:
        """Count a WebSocket; it is the one that was expected, if one was."""
        self._live[name] += 1
        expected = self._expected.get(name)
        if expected:
            expected.popleft()

    def closed(self, name: str) -> None:
        """Count a WebSocket no longer."""
        self._live[name] -= 1
        if self._live[name] <= 0:
            del self._live[name]
            if not self._expected.get(name):
                self._expected.pop(name, None)

    def forget_all_but(self, names: Collection[str]) -> None:
        """Drop what is known of targets that are gone."""
        for name in self._last_turn.keys() - set(names):
            del self._last_turn[name]
            self._expected.pop(name, None)

    def live(self) -> dict[str, int]:
        """Return the number of live WebSockets by target."""
        return dict(self._live)

    def _load(self, target: UpstreamTarget) -> int:
        expected = self._expected.get(target.name)
        if not expected:
            return self._live[target.name]
        too_old = self._clock() - _EXPECTED_WITHIN_S
        while expected and expected[0] < too_old:
            expected.popleft()
        return self._live[target.name] + len(expected)
