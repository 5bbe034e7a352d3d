"""structlog's loggers in a sidecar write through the standard library's, if the application uses structlog at all.

structlog brings rich and pygments with it, 0.3 seconds that a replaced sidecar has no time for: it is configured once
the application's own code has imported it, before a run at the latest, and never imported from here before that.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import TYPE_CHECKING, Any

from fluxlit.observability.record_fields import plain_value

if TYPE_CHECKING:
    from collections.abc import Generator

    from fluxlit_sidecar.streamlit_server.script_runs import RunObserver, ScriptRun

__all__ = ("StructlogOnceImported",)


class StructlogOnceImported:
    """Surrounds an observer of runs, and looks before each run whether structlog has come in."""

    def __init__(self, observer: RunObserver) -> None:
        self._observer = observer
        self._configured = False

    def look(self) -> None:
        """Configure structlog, if it is imported and nobody has configured it."""
        if not self._configured and "structlog" in sys.modules:
            self._configured = True
            _configure()

    @contextlib.contextmanager
    def observe(self, run: ScriptRun) -> Generator[None]:
        """Surround one run."""
        self.look()
        with self._observer(run):
            yield


def _configure() -> None:
    import structlog  # noqa: PLC0415 - see the module's docstring

    if not structlog.is_configured():
        structlog.configure(
            processors=[structlog.stdlib.filter_by_level, structlog.contextvars.merge_contextvars, _to_stdlib],
            logger_factory=structlog.stdlib.LoggerFactory(),
            wrapper_class=structlog.stdlib.BoundLogger,
        )


def _to_stdlib(_logger: object, _name: str, event: Any) -> tuple[tuple[str], dict[str, Any]]:
    message = str(event.pop("event", ""))
    told = {key: event.pop(key) for key in ("exc_info", "stack_info") if key in event}
    # logging refuses fields that a record has already.
    taken = vars(logging.makeLogRecord({}))
    extra = {(f"{key}_" if key in taken else key): plain_value(value) for key, value in event.items()}
    return (message,), {**told, "extra": extra}
