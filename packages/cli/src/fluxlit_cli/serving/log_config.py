"""Logging of a serving process: one handler on standard error, for FluxLit's loggers and everybody's warnings."""

import json
import logging
from asyncio import CancelledError
from datetime import UTC, datetime
from typing import Any

from fluxlit_cli.user_code import user_traceback

__all__ = ("JsonLines", "NoCancellations", "UserTracebacks", "log_config")

_OWN_LOGGERS = (
    "fluxlit",
    "fluxlit_auth",
    "fluxlit_cli",
    "fluxlit_client",
    "fluxlit_gateway",
    "fluxlit_pages",
    "fluxlit_sessions",
    "fluxlit_sidecar",
)
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """One JSON object a line: ``time``, ``level``, ``logger``, ``message``, the record's extras and ``exception``."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry |= {k: v for k, v in vars(record).items() if k not in _STANDARD and not k.startswith("_")}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=repr)


class UserTracebacks(logging.Formatter):
    """Lines for people who develop: tracebacks hold the frames of their own code alone."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 -- the name is logging's
        """The short traceback."""
        error = ei[1]
        return user_traceback(error) if isinstance(error, BaseException) else super().formatException(ei)


class NoCancellations(logging.Filter):
    """Drops the traceback of requests that were cut off because the server stops; a line says how many there were."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to keep the record."""
        return not (record.exc_info and isinstance(record.exc_info[1], CancelledError))


def log_config(*, level: str, style: str, development: bool = False) -> dict[str, Any]:
    """The ``logging.config`` dictionary.

    Args:
        level: Least severe level of FluxLit's and uvicorn's lines.
        style: ``console`` or ``json``.
        development: Whether tracebacks on the console are to be short; below ``debug`` they never are.
    """
    name = "DEBUG" if level == "trace" else level.upper()
    # uvicorn's own start and stop lines are said by the start screen; its warnings and errors are wanted.
    server_level = name if name == "DEBUG" else "WARNING"
    short = development and name != "DEBUG"
    formatters: dict[str, Any] = {
        "console": {
            "()": UserTracebacks if short else logging.Formatter,
            "fmt": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            "datefmt": "%H:%M:%S",
        },
        "json": {"()": JsonLines},
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"no_cancellations": {"()": NoCancellations}},
        "formatters": formatters,
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stderr",
                "formatter": style if style in formatters else "console",
                "filters": ["no_cancellations"],
            }
        },
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {
            **{own: {"level": name} for own in _OWN_LOGGERS},
            "uvicorn": {"level": server_level},
            "uvicorn.error": {"level": server_level},
        },
    }
