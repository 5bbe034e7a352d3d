"""The log of a supervisor, made again in one of its workers, where the application has set logging up."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any, Self

from fluxlit_sidecar.sharing.messages import encode

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

__all__ = ("LogRelay", "log_again")

_LOGGER = logging.getLogger("fluxlit.sidecar")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class LogRelay(logging.Handler):
    """Sends records of the ``fluxlit.sidecar`` logger to a worker, or to standard error while there is none.

    Args:
        worker: Answers with the worker that logs at the moment.
    """

    def __init__(self, worker: Callable[[], asyncio.StreamWriter | None]) -> None:
        super().__init__()
        self._worker = worker

    def emit(self, record: logging.LogRecord) -> None:
        """Send one record."""
        worker = self._worker()
        if worker is None or worker.is_closing():
            sys.stderr.write(f"{record.levelname}: {record.getMessage()}\n")
            return
        extra = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        worker.write(encode({"type": "log", "level": record.levelno, "text": record.getMessage(), "extra": extra}))

    def __enter__(self) -> Self:
        _LOGGER.addHandler(self)
        _LOGGER.setLevel(logging.INFO)
        _LOGGER.propagate = False
        return self

    def __exit__(self, *_: object) -> None:
        _LOGGER.removeHandler(self)


def log_again(message: dict[str, Any]) -> None:
    """Log in this process what a supervisor has sent."""
    _LOGGER.log(message["level"], "%s", message["text"], extra=message["extra"])
