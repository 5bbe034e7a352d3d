"""What is written of a log record, whatever the format: the same fields, and no secret in any of them."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, time
from typing import Any, cast

from fluxlit_client import get_request_id
from fluxlit_gateway.redaction import redact

__all__ = ("extra_fields", "plain_value", "record_time", "with_request_id")

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


def record_time(record: logging.LogRecord) -> str:
    """When it was made: ISO 8601, UTC."""
    return datetime.fromtimestamp(record.created, tz=UTC).isoformat()


def extra_fields(record: logging.LogRecord) -> dict[str, Any]:
    """What the caller gave as `extra`, without secrets and in types that JSON knows."""
    return {
        name: redact(plain_value(value), name=name)
        for name, value in vars(record).items()
        if name not in _STANDARD and not name.startswith("_")
    }


def with_request_id(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields, with the id of the request that is being served unless they have one of their own."""
    if "request_id" not in fields and (request_id := get_request_id()):
        fields["request_id"] = request_id
    return fields


def plain_value(value: object) -> object:
    """A value in types that JSON knows: bytes decoded, dates and times in ISO 8601, anything unknown as its `repr`."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(plain_value(key)): plain_value(item) for key, item in cast("dict[object, object]", value).items()}
    if isinstance(value, list | tuple):
        return [plain_value(item) for item in cast("list[object]", value)]
    return repr(value)
