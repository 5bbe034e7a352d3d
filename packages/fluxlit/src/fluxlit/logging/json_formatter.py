"""`JsonLogFormatter`: one JSON object a line, for applications that configure logging themselves."""

from __future__ import annotations

import json
import logging
from typing import Any

from fluxlit.observability.record_fields import extra_fields, record_time, with_request_id
from fluxlit_gateway.redaction import redact_text

__all__ = ("JSON_LOG_BASE_FIELDS", "JsonLogFormatter")

JSON_LOG_BASE_FIELDS = ("time", "level", "logger", "message")
"""Fields that each line has, in this order, before all others."""


class JsonLogFormatter(logging.Formatter):
    """One JSON object a line: `JSON_LOG_BASE_FIELDS`, the record's extras, the request id and `exception`.

    Secrets are replaced, in messages and tracebacks too. To be named in a `dictConfig`:

    Example:
        >>> config = {"formatters": {"json": {"()": "fluxlit.logging.JsonLogFormatter"}}}
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        fields: dict[str, Any] = {
            "time": record_time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": redact_text(record.getMessage()),
            **with_request_id(extra_fields(record)),
        }
        if record.exc_info:
            fields["exception"] = redact_text(self.formatException(record.exc_info))
        if record.stack_info:
            fields["stack"] = redact_text(self.formatStack(record.stack_info))
        return json.dumps(fields, ensure_ascii=False, default=repr)
