"""The output of a child process, line by line, waited for with a bound.

A thread reads the pipe until its end, so that the child never blocks on a full pipe, and keeps the last lines for the
failure report.
"""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from typing import IO

from fluxlit_testing.errors import WaitTimeoutError

__all__ = ("KEPT_LINES", "ProcessOutput")

KEPT_LINES = 2_000


class ProcessOutput:
    """Collects the lines of a text stream and lets a test wait for one."""

    def __init__(self, stream: IO[str]) -> None:
        """Start reading `stream`; it is closed when its writers have gone."""
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._ended = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, args=(stream,), name="process-output", daemon=True)
        self._thread.start()

    def _read(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                with self._changed:
                    self._lines.append(line.rstrip("\n"))
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    @property
    def text(self) -> str:
        """What has been said so far (the last lines of it)."""
        with self._changed:
            return "\n".join(self._lines)

    def wait_for(self, pattern: str, *, timeout: float, nth: int = 1) -> re.Match[str]:
        """The first line (or the nth), said before or from now on, in which the regular expression `pattern` is found.

        Args:
            pattern: A regular expression, searched in each line.
            timeout: Seconds to wait at most.
            nth: Which of the matching lines, counted from 1.

        Raises:
            WaitTimeoutError: No such line came in time, or the stream ended without it.
        """
        wanted = re.compile(pattern)
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                found = [match for match in map(wanted.search, self._lines) if match]
                if len(found) >= nth:
                    return found[nth - 1]
                left = deadline - time.monotonic()
                if self._ended or left <= 0:
                    why = "the output ended" if self._ended else f"nothing in {timeout} s"
                    said = "\n".join(self._lines)
                    raise WaitTimeoutError(f"no line matched {pattern!r}: {why}. Output so far:\n{said}")
                self._changed.wait(left)

    def join(self, *, timeout: float) -> None:
        """Wait up to `timeout` seconds for the end of the stream."""
        self._thread.join(timeout)
