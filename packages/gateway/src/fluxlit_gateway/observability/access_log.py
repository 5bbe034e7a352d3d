"""One line per request, when it is over.

The fields of ``ACCESS_LOG_FIELDS`` are attributes of the log record (``extra``), for structured logging; they are
stable.
"""

import logging

from fluxlit_gateway.redaction import redact_query
from fluxlit_gateway.routing.request_context import RequestContext

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
    """

    def __init__(self, *, at_info: bool, sensitive_query_keys: frozenset[str]) -> None:
        self._level = logging.INFO if at_info else logging.DEBUG
        self._sensitive = frozenset(key.lower() for key in sensitive_query_keys)

    def is_on(self) -> bool:
        """Whether anybody would see a line."""
        return _LOGGER.isEnabledFor(self._level)

    def write(self, context: RequestContext, duration_s: float) -> None:
        """Write the line of a request that is over; one with a problem at WARNING, whatever the level.

        Args:
            context: The request.
            duration_s: Seconds from first to last byte.
        """
        scope = context.scope
        method = scope["method"] if scope["type"] == "http" else "WEBSOCKET"
        path = scope["path"].translate(_PRINTABLE_SPACE)
        query = redact_query(scope.get("query_string", b""), self._sensitive)
        duration_ms = round(duration_s * 1000, 1)
        request_id = context.request_id.decode("ascii")
        client = str(scope["client"][0]) if scope.get("client") else "unix socket"
        values = (request_id, context.dispatch, method, path, query, context.status, duration_ms)
        level = logging.WARNING if context.problem else self._level
        _LOGGER.log(
            level,
            "%s %s%s %s in %s ms (%s, request %s, from %s)%s",
            method,
            path,
            f"?{query}" if query else "",
            context.status or "no answer",
            duration_ms,
            context.dispatch,
            request_id,
            client,
            f": {context.problem}" if context.problem else "",
            extra=dict(zip(ACCESS_LOG_FIELDS, (*values, context.problem, client), strict=True)),
        )
