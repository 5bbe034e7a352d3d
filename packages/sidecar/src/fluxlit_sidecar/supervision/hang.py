"""Whether a sidecar that leaves its probes unanswered hangs, or only works.

A page that keeps Python's interpreter lock, in a long computation of native code, silences its whole process and ends
some day; to replace the process would cost every session in it. A process that is frozen or locked up uses no processor
time. So silence counts differently: the one is given `busy_timeout`, the other `hang_timeout`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_sidecar.options import SidecarOptions

__all__ = ("HangWatch",)

# Of one core. Small, because a process that computes on a crowded machine does not get more.
_WORKING = 0.03
# The kernel counts processor time in hundredths of a second; one of them is an accident.
_NOTHING = 0.015


class HangWatch:
    """Follows the answers of one sidecar.

    Args:
        options: The limits.
        clock: Seconds that never run backwards.
    """

    def __init__(self, options: SidecarOptions, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._options = options
        self._clock = clock
        self._silent_since: float | None = None
        self._idle_since = 0.0
        self._last_asked = 0.0
        self._last_worked = 0.0

    def note(self, problem: str, *, asked: float, worked: float) -> str:
        """Take the outcome of a probe.

        Args:
            problem: What was wrong; empty for a good answer.
            asked: When the probe began, by the clock.
            worked: Processor seconds that the process had used by then.

        Returns:
            Why the sidecar counts as hanging; empty while it does not.
        """
        if not problem:
            self._silent_since = None
            return ""
        if self._silent_since is None:
            self._silent_since = self._idle_since = asked
        elif worked - self._last_worked > max(_NOTHING, _WORKING * (asked - self._last_asked)):
            self._idle_since = asked
        self._last_asked, self._last_worked = asked, worked
        silent, idle = self._clock() - self._silent_since, self._clock() - self._idle_since
        if silent >= self._options.busy_timeout:
            return f"hangs: {problem}, for {silent:.0f} s"
        # One probe alone cannot tell whether the process works.
        if idle >= self._options.hang_timeout and asked > self._silent_since:
            return f"hangs: {problem}, for {silent:.0f} s, and does not work either"
        return ""
