"""FluxLit's log lines under a server that has configured logging for itself alone, as plain `uvicorn app:app` does.

Without a handler Python shows warnings only, and nobody would learn when the UI is ready. A handler is added only where
nobody has: an application's own logging configuration is never touched. With `log_format` other than `console` the
server's own lines get that format too, so that a collector reads one kind of line.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fluxlit.settings import FluxlitSettings

__all__ = ("log_where_nobody_listens",)

_UVICORNS = ("uvicorn", "uvicorn.access", "uvicorn.error")


def log_where_nobody_listens(settings: FluxlitSettings) -> bool:
    """Show FluxLit's lines from INFO on, on standard error, if no handler would; whether that was needed."""
    from fluxlit.logging.formats import LogFormatter  # noqa: PLC0415 - only a serving process formats lines

    own = logging.getLogger("fluxlit")
    if own.hasHandlers():
        return False
    formatter = LogFormatter(settings.log_format)
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    own.addHandler(handler)
    own.setLevel(logging.INFO)
    own.propagate = False
    if settings.log_format != "console":
        for name in _UVICORNS:
            for theirs in logging.getLogger(name).handlers:
                if type(theirs.formatter).__module__ == "uvicorn.logging":
                    theirs.setFormatter(formatter)
    return True
