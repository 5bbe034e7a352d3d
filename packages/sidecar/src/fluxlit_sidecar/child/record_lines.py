"""The lines in which a child hands log records to its supervisor: level, logger and message, or all fields as JSON.

The marks are ASCII's record and unit separators: no text that a person reads holds them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

__all__ = ("RECORD_FORMAT", "RECORD_MARK", "UNIT_MARK", "ChildRecord", "FieldsOf", "RecordLines", "read_record")

RECORD_MARK = "\x1e"
UNIT_MARK = "\x1f"
RECORD_FORMAT = f"{RECORD_MARK}%(levelname)s{UNIT_MARK}%(name)s{UNIT_MARK}%(message)s"
"""For loggers whose formatter cannot be chosen, only its format."""

# A supervisor cuts longer lines, which would not be JSON any more; of a long traceback the end says most.
_LONGEST_TEXT = 6_000

FieldsOf: TypeAlias = Callable[[logging.LogRecord], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ChildRecord:
    """What one line says."""

    level: str
    source: str
    """The logger in the child."""
    text: str
    fields: dict[str, Any] = field(default_factory=dict[str, Any])
    """Everything else, ready for JSON."""


class RecordLines(logging.Formatter):
    """Formats records as lines with all their fields.

    Args:
        fields_of: Gives the fields of a record besides level, logger and message; values that JSON knows.
    """

    def __init__(self, fields_of: FieldsOf) -> None:
        super().__init__()
        self._fields_of = fields_of

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        fields = {"message": _shortened(record.getMessage()), **self._fields_of(record)}
        if record.exc_info:
            fields["exception"] = _shortened(self.formatException(record.exc_info))
        said = json.dumps(fields, default=repr)
        return f"{RECORD_MARK}{record.levelname}{UNIT_MARK}{record.name}{UNIT_MARK}{UNIT_MARK}{said}"


def read_record(line: str) -> ChildRecord | None:
    """What a marked line says; None if it is no such line."""
    if not line.startswith(RECORD_MARK) or line.count(UNIT_MARK) < 2:  # noqa: PLR2004 - level, logger, message
        return None
    level, source, text = line[1:].split(UNIT_MARK, 2)
    if text.startswith(UNIT_MARK):
        try:
            fields: object = json.loads(text[1:])
        except ValueError:
            fields = None
        if isinstance(fields, dict):
            known = cast("dict[str, Any]", fields)
            return ChildRecord(level, source, str(known.pop("message", "")), known)
    return ChildRecord(level, source, text)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"...{text[-_LONGEST_TEXT:]}"
