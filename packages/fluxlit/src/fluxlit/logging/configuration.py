"""The one configuration of a serving process: a handler on standard error that everybody's lines go to."""

from __future__ import annotations

import logging
import os
from asyncio import CancelledError
from typing import TYPE_CHECKING, Any

from fluxlit.logging.formats import LogFormat, structlog_to_stdlib

if TYPE_CHECKING:
    from fluxlit.settings import FluxlitSettings

__all__ = ("NoCancellations", "log_config", "log_config_of")

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
# Each of their lines repeats what the access log or the API's own line says.
_TALKATIVE = ("httpcore2", "httpx2", "opentelemetry", "watchfiles")


class NoCancellations(logging.Filter):
    """Drops the traceback of requests that were cut off because the server stops; a line says how many there were."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to keep the record."""
        return not (record.exc_info and isinstance(record.exc_info[1], CancelledError))


def log_config_of(settings: FluxlitSettings) -> dict[str, Any]:
    """The configuration that the settings ask for."""
    development = os.environ.get("FLUXLIT_DEVELOPMENT", "").lower() in {"1", "true", "yes", "on"}
    return log_config(level=settings.log_level, style=settings.log_format, development=development)


def log_config(*, level: str = "info", style: LogFormat = "console", development: bool = False) -> dict[str, Any]:
    """A dictionary for `logging.config.dictConfig`; structlog's loggers are joined to it by this call.

    Args:
        level: Least severe level of FluxLit's own lines; `debug` and `trace` leave libraries at `info`.
        style: The format of the lines.
        development: Whether tracebacks on the console show the application's own frames only; below `debug` they show
            all.
    """
    structlog_to_stdlib()
    name = "DEBUG" if level == "trace" else level.upper()
    # uvicorn's own start and stop lines are said by the start screen; its warnings and errors are wanted. Below that
    # it writes down each frame of each WebSocket, which is for `trace` alone.
    server_level = {"trace": "DEBUG", "debug": "INFO"}.get(level) or max(name, "WARNING", key=logging.getLevelName)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"no_cancellations": {"()": "fluxlit.logging.configuration.NoCancellations"}},
        "formatters": {
            "fluxlit": {
                "()": "fluxlit.logging.formats.LogFormatter",
                "style": style,
                "user_frames_only": development and name != "DEBUG",
            }
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stderr",
                "formatter": "fluxlit",
                "filters": ["no_cancellations"],
            }
        },
        "root": {"level": "INFO" if name == "DEBUG" else name, "handlers": ["stderr"]},
        "loggers": {
            **{own: {"level": name} for own in _OWN_LOGGERS},
            **{other: {"level": "WARNING"} for other in _TALKATIVE},
            "uvicorn": {"level": server_level},
            "uvicorn.error": {"level": server_level},
        },
    }
