"""One line per request, when it is over.

The fields of ``ACCESS_LOG_FIELDS`` are attributes of the log record (``extra``), for structured logging; they are
stable.
"""

import logging
import time
from functools import partial

from fluxlit_gateway.observability.access_lines import AccessEntry, AccessLines
from fluxlit_gateway.observability.recorded_request import RecordedRequest
from fluxlit_gateway.redaction import redact_query, redact_text

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
# Control characters would let a path write lines of its own into the log.
_PRINTABLE_SPACE = str.maketrans({code: f"\\x{code:02x}" for code in (*range(32), 127, *range(128, 160))})


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
        self._sensitive = frozenset(key.lower() for key in sensitive_query_keys)
        self._lines = AccessLines(_LOGGER)
        # The logger's own method: each request asks.
        self.is_on = partial(_LOGGER.isEnabledFor, self._level)

    def flush(self) -> None:
        """Write what waits."""
        self._lines.flush()

    def write(self, context: RecordedRequest, duration_s: float) -> None:
        """Write the line of a request that is over; one with a problem at WARNING, whatever the level.

        Args:
            context: The request.
            duration_s: Seconds from first to last byte.
        """
        scope = context.scope
        method: str = scope["method"] if scope["type"] == "http" else "WEBSOCKET"
        path: str = scope["path"]
        if not path.isalnum() and not path.isprintable():
            path = path.translate(_PRINTABLE_SPACE)
        if "=" in path or "%" in path or ":" in path:
            path = redact_text(path)
        query = redact_query(raw, self._sensitive) if (raw := scope.get("query_string")) else ""
        duration_ms = round(duration_s * 1000, 1)
        request_id = context.request_id.decode("ascii")
        peer = scope.get("client")
        client = peer[0] if peer else "unix socket"
        status, dispatch, problem = context.status, context.dispatch, context.problem
        message = (
            f"{method} {path}{'?' if query else ''}{query} {status or 'no answer'} in {duration_ms} ms "
            f"({dispatch}, request {request_id}, from {client}){': ' if problem else ''}{problem}"
        )
        if not problem and self._lines.is_possible():
            level = "INFO" if self._level == logging.INFO else "DEBUG"
            created = time.time()
            entry = (created, level, message, request_id, dispatch, method, path, query, status, duration_ms, client)
            self._lines.add(AccessEntry._make(entry))
            return
        self._lines.flush()
        values = (request_id, dispatch, method, path, query, status, duration_ms, problem, client)
        level_of_record = logging.WARNING if problem else self._level
        _LOGGER.log(level_of_record, "%s", message, extra=dict(zip(ACCESS_LOG_FIELDS, values, strict=True)))
