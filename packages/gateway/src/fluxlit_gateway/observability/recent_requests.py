"""The last requests, for the debug page."""

from collections import deque
from datetime import UTC, datetime

from fluxlit_gateway.observability.recorded_request import RecordedRequest
from fluxlit_gateway.redaction import redact_query, redact_text

__all__ = ("RecentRequests",)

_REMEMBERED = 32


class RecentRequests:
    """The last requests, oldest first.

    Args:
        sensitive_query_keys: Keys whose values are not shown.
    """

    def __init__(self, sensitive_query_keys: frozenset[str]) -> None:
        self._sensitive = frozenset(key.lower() for key in sensitive_query_keys)
        self._entries: deque[dict[str, object]] = deque(maxlen=_REMEMBERED)

    def add(self, context: RecordedRequest, duration_s: float) -> None:
        """Remember a request."""
        scope = context.scope
        entry: dict[str, object] = {
            "time": datetime.now(tz=UTC).isoformat(timespec="milliseconds"),
            "request_id": context.request_id.decode("ascii"),
            "dispatch": context.dispatch,
            "method": scope["method"] if scope["type"] == "http" else "WEBSOCKET",
            "path": redact_text(scope["path"]),
            "query": redact_query(scope.get("query_string", b""), self._sensitive),
            "status": context.status,
            "duration_ms": round(duration_s * 1000, 1),
            "problem": context.problem,
        }
        self._entries.append(entry)

    def entries(self) -> list[dict[str, object]]:
        """Everything that is remembered of them."""
        return list(self._entries)

    def dispatches(self) -> list[dict[str, object]]:
        """Id, path and who answered: what the debug document has always had."""
        return [{key: entry[key] for key in ("request_id", "dispatch", "path")} for entry in self._entries]
