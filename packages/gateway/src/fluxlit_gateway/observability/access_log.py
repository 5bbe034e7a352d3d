"""One line per request, when it is over.

The fields of ``ACCESS_LOG_FIELDS`` are attributes of the log record (``extra``), for structured logging; they are
stable.
"""

import logging
from functools import partial

from fluxlit_gateway.observability.access_entries import AccessedRequests, AccessEntry
from fluxlit_gateway.observability.access_lines import AccessLines
from fluxlit_gateway.observability.recorded_request import RecordedRequest

__all__ = ("ACCESS_LOG_FIELDS", "AccessLog")

ACCESS_LOG_FIELDS = (
    "request_id",
    "fluxlit_dispatch",
    "http_method_or_type",
    "path",
    "query",
    "status",
    "duration_ms",
    "problem",
    "client",
)

_LOGGER = logging.getLogger("fluxlit.gateway")


class AccessLog:
    """Writes to the logger ``fluxlit.gateway``.

    Args:
        at_info: INFO when true, else DEBUG.
        sensitive_query_keys: Keys whose values are not written.

    Attributes:
        is_on: Tells whether anybody would see a line.
    """

    def __init__(self, *, at_info: bool, sensitive_query_keys: frozenset[str]) -> None:
        self._level = logging.INFO if at_info else logging.DEBUG
        self._requests = AccessedRequests(
            level="INFO" if at_info else "DEBUG",
            sensitive_query_keys=frozenset(key.lower() for key in sensitive_query_keys),
        )
        self._lines = AccessLines(_LOGGER, self._requests)
        # The logger's own method: each request asks.
        self.is_on = partial(_LOGGER.isEnabledFor, self._level)

    def flush(self) -> None:
        """Write what waits."""
        self._lines.flush()

    def write(self, context: RecordedRequest, *, started: float, ended: float) -> None:
        """Write the line of a request that is over; one with a problem at WARNING, whatever the level.

        Args:
            context: The request.
            started: ``time.monotonic()`` at its first byte.
            ended: ``time.monotonic()`` at its last.
        """
        scope = context.scope
        peer = scope.get("client")
        key = (
            context.dispatch,
            scope["method"] if scope["type"] == "http" else "WEBSOCKET",
            scope["path"],
            scope.get("query_string", b""),
            context.status,
            peer[0] if peer else "unix socket",
        )
        line = (key, context.request_id, started, ended)
        if not context.problem and self._lines.is_possible():
            self._lines.add(line)
        else:
            self._lines.flush()
            self._write_record(*self._requests.entries([line]), problem=context.problem)

    def _write_record(self, entry: AccessEntry, problem: str) -> None:
        request = entry.request
        values = (
            entry.request_id,
            request.dispatch,
            request.method,
            request.path,
            request.query,
            request.status,
            entry.duration_ms,
            problem,
            request.client,
        )
        level, suffix = (logging.WARNING, f": {problem}") if problem else (self._level, "")
        extra: dict[str, object] = dict(zip(ACCESS_LOG_FIELDS, values, strict=True))
        _LOGGER.log(level, "%s%s", entry.message, suffix, extra=extra)
