"""`LogFormatter`: the lines of a serving process, for people or for collectors, of stdlib and structlog loggers.

structlog does the rendering. What `logging` and structlog loggers say passes through the same steps: the fields of the
record, the request id, redaction, then one of the formats.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from typing import TYPE_CHECKING, Any, Literal

import structlog
from structlog.stdlib import ProcessorFormatter

from fluxlit.logging.access_lines import access_lines
from fluxlit.observability.record_fields import extra_fields, plain_value, record_time, with_request_id
from fluxlit_gateway.redaction import redact, redact_text

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor

    from fluxlit_gateway.observability.access_entries import AccessEntry

__all__ = ("LogFormat", "LogFormatter", "structlog_to_stdlib")

LogFormat = Literal["console", "json", "logfmt"]

_BASE = ("time", "level", "logger", "message")
_LOGFMT = structlog.processors.LogfmtRenderer(key_order=list(_BASE), drop_missing=True, bool_as_flag=False)
# Said by the message already; a person at a terminal need not read them twice.
_SAID = frozenset({"duration_ms", "fluxlit_dispatch", "http_method_or_type", "path", "problem", "query", "sidecar"})
_UNSAID_WHEN_EMPTY = frozenset({"source", "session_id", "page"})


class LogFormatter(ProcessorFormatter):
    """Formats what any logger of the process says.

    Args:
        style: `console` for people; `json` or `logfmt` for log collectors, one line for each record.
        colors: Whether the console is a terminal; found out by default.
        user_frames_only: Leave the frames of libraries out of tracebacks on the console.
    """

    def __init__(
        self, style: LogFormat = "console", *, colors: bool | None = None, user_frames_only: bool = False
    ) -> None:
        self._user_frames_only = user_frames_only
        self._line_style = style
        self._colors = style == "console" and (sys.stderr.isatty() if colors is None else colors)
        super().__init__(
            processors=[ProcessorFormatter.remove_processors_meta, _without_secrets, self._renderer()],
            foreign_pre_chain=[_from_record],
            use_get_message=True,
        )

    def _renderer(self) -> Processor:
        if self._line_style == "json":
            return _as_json
        if self._line_style == "logfmt":
            return _as_logfmt
        render = structlog.dev.ConsoleRenderer(
            0,  # no padding of the message; by position, since structlog 25.5 calls it otherwise than before
            colors=self._colors,
            pad_level=False,
            timestamp_key="time",
            event_key="message",
            # Tracebacks come as text already; structlog 25.1 warns of that unless it need not draw them.
            exception_formatter=structlog.dev.plain_traceback,
        )

        def for_people(logger: object, name: str, event: EventDict) -> str:
            return render(logger, name, _for_people(event))

        return for_people

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        if record.exc_info and record.exc_info[1] is not None:
            # Made here, once, so that it passes through redaction like every other text.
            record = logging.makeLogRecord({**vars(record), "exception": self._traceback(record), "exc_info": None})
        return super().format(record)

    def access_lines(self, entries: list[AccessEntry]) -> str | None:
        """Lines of the access log, many at once; None for a terminal, where each is coloured by itself.

        Meets the gateway's `AccessLineFormatter`: see `fluxlit_gateway.observability.access_lines`.
        """
        return access_lines(entries, self._line_style) if not self._colors else None

    def _traceback(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return ""
        if self._user_frames_only and self._line_style == "console":
            from fluxlit_cli.user_code import user_traceback  # noqa: PLC0415 - only in development

            return user_traceback(error)
        return "".join(traceback.format_exception(error)).rstrip("\n")


def structlog_to_stdlib() -> None:
    """Let structlog's loggers write through `logging`, unless the application has configured structlog itself."""
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            _from_structlog,
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _from_record(_logger: object, _name: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    fields = {
        "time": record_time(record),
        "level": record.levelname,
        "logger": record.name,
        "message": event.pop("event"),
        **with_request_id(extra_fields(record)),
    }
    return {**event, **fields}


def _from_structlog(logger: Any, name: str, event: EventDict) -> EventDict:
    record = logging.makeLogRecord({})
    if error := event.pop("exc_info", None):
        caught = sys.exc_info()[1] if error is True else error
        if isinstance(caught, BaseException):
            event["exception"] = "".join(traceback.format_exception(caught)).rstrip("\n")
    level = "ERROR" if name == "exception" else name.upper()
    fields = {"time": record_time(record), "level": level, "logger": getattr(logger, "name", "")}
    return with_request_id({**fields, "message": event.pop("event", ""), **event})


def _without_secrets(_logger: object, _name: str, event: EventDict) -> EventDict:
    return {key: redact(plain_value(value), name=key) for key, value in event.items()}


def _as_json(_logger: object, _name: str, event: EventDict) -> str:
    return json.dumps(event, ensure_ascii=False, default=repr)


def _as_logfmt(logger: object, name: str, event: EventDict) -> str:
    return _LOGFMT(logger, name, {_one_word(key): _one_line(item) for key, item in event.items()})


def _one_line(value: object) -> object:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value


def _one_word(key: str) -> str:
    # What a key cannot hold in this format; the renderer raises for them.
    return "".join("_" if letter in ' "=\\' or not letter.isprintable() else letter for letter in key) or "_"


def _for_people(event: EventDict) -> dict[str, Any]:
    shown = {
        key: value for key, value in event.items() if key not in _SAID and not (key in _UNSAID_WHEN_EMPTY and not value)
    }
    if "status" in shown and "duration_ms" in event:
        del shown["status"], shown["request_id"]  # the access line says them
    shown["time"] = event["time"][11:19]
    shown["level"] = str(event["level"]).lower()
    shown["message"] = redact_text(str(event["message"]))
    return shown
