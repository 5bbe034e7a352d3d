"""What a child writes, line by line, into the log of its parent.

Levels are kept: a line may carry its level and logger (as the Streamlit server module writes them), start with a
level's name (as uvicorn and most others do), or hold one after a time stamp (as Streamlit does). The lines of a
traceback have the level of the line before it, and at least that of an error.
"""

from __future__ import annotations

import logging
import re
import time
from collections import deque
from typing import Any

from fluxlit_sidecar.child.record_lines import RECORD_FORMAT, RECORD_MARK, UNIT_MARK, read_record

__all__ = ("RECORD_FORMAT", "RECORD_MARK", "UNIT_MARK", "ChildOutput")

_LOGGER = logging.getLogger("fluxlit.sidecar")
_LINES_KEPT = 40
# Longer lines are cut: a child that never ends its line must not fill the parent's memory.
_LONGEST_LINE = 16_384
# A child that floods its output must not keep its parent from serving: what is more than this is only counted.
_LINES_PER_SECOND = 1_000
# What a log record has of its own; logging refuses extra fields of these names.
_TAKEN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_LEVEL = r"(?P<level>DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL|FATAL)"
_STARTS_WITH_LEVEL = re.compile(rf"(?:[\d:.,TZ/ -]+\s)?\[?{_LEVEL}\b\]?:?\s+(?P<text>.*)", re.DOTALL)


class ChildOutput:
    """Cuts a child's bytes into lines, logs them with the sidecar's name and remembers the last ones.

    Args:
        name: The sidecar's name, the ``sidecar`` attribute of each record.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._rest = b""
        self._level = logging.INFO
        self._in_traceback = False
        self._second = 0
        self._lines = 0
        self._left_out = 0
        self._last: deque[str] = deque(maxlen=_LINES_KEPT)

    @property
    def last_lines(self) -> tuple[str, ...]:
        """The last lines, oldest first, without their marks."""
        return tuple(self._last)

    def feed(self, data: bytes) -> None:
        """Take the next bytes, which may begin and end anywhere in a line."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._take(line)
        if len(self._rest) > _LONGEST_LINE:
            self._take(self._rest[:_LONGEST_LINE])
            self._rest = b""

    def finish(self) -> None:
        """Take what is left when the output has ended without a line end."""
        if self._rest:
            self._take(self._rest)
            self._rest = b""
        self._tell_left_out()

    def _take(self, raw: bytes) -> None:
        line = raw.decode(errors="replace").rstrip("\r")
        if not line.strip():
            return
        level, text, fields = self._read(line[:_LONGEST_LINE])
        self._last.append(text)
        self._last.extend(str(fields.get("exception", "")).splitlines())
        if self._is_flood():
            self._left_out += 1
        else:
            _LOGGER.log(level, "[%s] %s", self._name, text, extra={**fields, "sidecar": self._name})

    def _is_flood(self) -> bool:
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._lines = second, 0
            self._tell_left_out()
        self._lines += 1
        return self._lines > _LINES_PER_SECOND

    def _tell_left_out(self) -> None:
        if self._left_out:
            text = f"{self._left_out} lines were left out: more than {_LINES_PER_SECOND} in a second"
            self._left_out = 0
            _LOGGER.warning("[%s] %s", self._name, text, extra={"sidecar": self._name, "source": ""})

    def _read(self, line: str) -> tuple[int, str, dict[str, Any]]:
        if record := read_record(line):
            fields = {name: value for name, value in record.fields.items() if name not in _TAKEN}
            return self._opened(record.level), record.text, {**fields, "source": record.source}
        if match := _STARTS_WITH_LEVEL.match(line):
            return self._opened(match["level"]), match["text"], {"source": ""}
        return self._continued(line), line, {"source": ""}

    def _opened(self, level: str) -> int:
        self._level = logging.getLevelNamesMapping().get(level, logging.INFO)
        self._in_traceback = False
        return self._level

    def _continued(self, line: str) -> int:
        if line.startswith("Traceback (most recent"):
            self._in_traceback = True
            self._level = max(self._level, logging.ERROR)
        level = self._level if self._in_traceback else logging.INFO
        # The unindented line that names the exception is the last of its traceback.
        if self._in_traceback and not line.startswith((" ", "Traceback")):
            self._in_traceback = False
            self._level = logging.INFO
        return level
