"""The quick way of the access log: lines are collected for a moment and written at once.

A log record for each request, formatted and written by itself, would cost more than the gateway's own work. Where the
one handler that would get the records writes to a stream with a formatter that can write many access lines in one go,
they go there directly; everywhere else, and for anything unusual, records are made.

Lifecycle: lines wait for ``_SECONDS`` at most; ``flush`` writes what waits.
"""

import asyncio
import logging
from typing import Any, Protocol, cast, runtime_checkable

from fluxlit_gateway.observability.access_entries import AccessedRequests, AccessEntry, OverRequest

__all__ = ("AccessLineFormatter", "AccessLines")

_SECONDS = 0.1
_MOST_LINES = 500


@runtime_checkable
class AccessLineFormatter(Protocol):
    """A formatter that knows the access log."""

    def access_lines(self, entries: list[AccessEntry]) -> str | None:
        """Return the lines, each with its line end; None when they have to be made of records."""
        ...


class AccessLines:
    """Collects lines; belongs to one event loop.

    Args:
        logger: Whose handler is written to.
        requests: Tells what may be written.
    """

    def __init__(self, logger: logging.Logger, requests: AccessedRequests) -> None:
        self._logger = logger
        self._requests = requests
        self._pending: list[OverRequest] = []
        self._handler: logging.StreamHandler[Any] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def is_possible(self) -> bool:
        """Whether lines can go this way now; looked up anew for each batch."""
        if self._pending:
            return True
        self._handler = _only_handler(self._logger)
        return self._handler is not None

    def add(self, line: OverRequest) -> None:
        """Take a line; ``is_possible`` has just said that it can."""
        self._pending.append(line)
        if len(self._pending) >= _MOST_LINES:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_SECONDS, self.flush)

    def flush(self) -> None:
        """Write what waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        pending, self._pending = self._pending, []
        handler = self._handler
        if not pending or handler is None:
            return
        text = cast("AccessLineFormatter", handler.formatter).access_lines(self._requests.entries(pending))
        if text is None:
            return
        handler.acquire()
        try:
            handler.stream.write(text)
            handler.flush()
        except (OSError, ValueError):
            pass  # a log that cannot be written must not keep requests from being answered
        finally:
            handler.release()


def _only_handler(logger: logging.Logger) -> "logging.StreamHandler[Any] | None":
    found: list[logging.Handler] = []
    level = logger.getEffectiveLevel()
    place: logging.Logger | None = logger
    while place is not None:
        # A filter may want to see records.
        if place is logger and place.filters:
            return None
        found += place.handlers
        place = place.parent if place.propagate else None
    if len(found) != 1:
        return None
    (handler,) = found
    formatter = handler.formatter
    is_stream = type(handler) is logging.StreamHandler
    if not is_stream or handler.level > level or not isinstance(formatter, AccessLineFormatter):
        return None
    stream_handler = cast("logging.StreamHandler[Any]", handler)
    return stream_handler if formatter.access_lines([]) is not None else None
