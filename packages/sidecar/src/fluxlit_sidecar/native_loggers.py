"""Keeps the loggers of the server that Streamlit runs in as they were.

On import Streamlit takes uvicorn's loggers for its own (``streamlit.logger.init_uvicorn_logs``): it sets their level
and adds a handler to each. In a process that uvicorn has been started in, every line then appears twice, and levels
that the user has chosen are gone.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ("server_loggers_kept",)

_NAMES = ("uvicorn", "uvicorn.access", "uvicorn.asgi", "uvicorn.error", "websockets")
# The attribute in which Streamlit keeps the handler that it has added, and its table of loggers.
_HANDLER = "streamlit_console_handler"
_TABLE = "_loggers"


@contextlib.contextmanager
def server_loggers_kept() -> Generator[None]:
    """Undo what the import of Streamlit, in the block or before it, does to the server's loggers."""
    loggers = [logging.getLogger(name) for name in _NAMES]
    # Where Streamlit came first, what there was before it is not known; the server has had the last word there.
    before = {logger.name: (logger.level, logger.propagate) for logger in loggers if _HANDLER not in vars(logger)}
    try:
        yield
    finally:
        _forget_them()
        for logger in loggers:
            handler = vars(logger).pop(_HANDLER, None)
            if isinstance(handler, logging.Handler):
                logger.removeHandler(handler)
            level, propagate = before.get(logger.name, (logger.level, not logger.handlers))
            logger.propagate = propagate
            logger.setLevel(level)


def _forget_them() -> None:
    # Or Streamlit would add its handlers again whenever an option of its log is set.
    table: object = vars(sys.modules.get("streamlit.logger", sys)).get(_TABLE)
    if isinstance(table, dict):
        for name in _NAMES:
            cast("dict[str, object]", table).pop(name, None)
