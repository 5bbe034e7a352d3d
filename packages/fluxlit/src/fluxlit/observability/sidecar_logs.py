"""Log lines of a sidecar: handed to the gateway's process with all fields, the request id among them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, cast

from fluxlit.observability.record_fields import extra_fields
from fluxlit_client.correlation import get_request_id
from fluxlit_sidecar.child.record_lines import RecordLines

if TYPE_CHECKING:
    from fluxlit.observability.page_runs import PageRuns

__all__ = ("log_with_fields",)

_STREAMLITS_HANDLER = "streamlit_console_handler"


def log_with_fields(runs: PageRuns) -> None:
    """Let every handler of this process write lines with fields."""

    def fields_of(record: logging.LogRecord) -> dict[str, Any]:
        fields = extra_fields(record)
        session_id = _session_id()
        if session_id and not fields.get("session_id"):
            fields["session_id"] = session_id
        request_id = get_request_id() or (runs.request_id_of(session_id) if session_id else None)
        if request_id and not fields.get("request_id"):
            fields["request_id"] = request_id
        return fields

    formatter = RecordLines(fields_of)
    for handler in _handlers():
        handler.setFormatter(formatter)


def _handlers() -> list[logging.Handler]:
    loggers = [logger for logger in logging.Logger.manager.loggerDict.values() if isinstance(logger, logging.Logger)]
    # Streamlit's loggers have a handler each and hand nothing on.
    own = [cast("logging.Handler", getattr(logger, _STREAMLITS_HANDLER, None)) for logger in loggers]
    return [*logging.getLogger().handlers, *filter(None, own)]


def _session_id() -> str:
    from streamlit.runtime.scriptrunner import get_script_run_ctx  # noqa: PLC0415 - only where pages run

    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context is not None else ""
