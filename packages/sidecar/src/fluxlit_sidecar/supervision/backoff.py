"""How long to wait before a sidecar that failed is started again."""

from __future__ import annotations

import random
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fluxlit_sidecar.options import SidecarOptions

__all__ = ("RestartPolicy",)

# Spreads the restarts of several sidecars that failed together.
_JITTER = 0.25


class RestartPolicy:
    """At once after the first failure, then exponentially later, then slowly and for ever.

    Args:
        options: The limits.
    """

    def __init__(self, options: SidecarOptions) -> None:
        self._options = options
        self._failures: deque[float] = deque()

    @property
    def gave_up_hurrying(self) -> bool:
        """Whether there were so many failures in a row that this place counts as failed."""
        return len(self._failures) >= self._options.failure_burst

    def failed(self) -> float:
        """Note a failure and return the seconds to wait before the next attempt."""
        now = time.monotonic()
        self._failures.append(now)
        while self._failures and now - self._failures[0] > self._options.failure_window:
            self._failures.popleft()
        if self.gave_up_hurrying:
            return _jittered(self._options.failed_retry_interval)
        if len(self._failures) == 1:
            return 0.0
        delay = self._options.backoff_initial * 2 ** (len(self._failures) - 2)
        return _jittered(min(delay, self._options.backoff_max))

    def worked(self) -> None:
        """Forget the failures: a sidecar has served for a while."""
        self._failures.clear()


def _jittered(seconds: float) -> float:
    return seconds * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - spreads load, guards nothing
