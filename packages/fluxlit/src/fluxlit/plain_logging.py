"""FluxLit's log lines under a server that has configured logging for itself alone, as plain `uvicorn app:app` does.

Without a handler Python shows warnings only, and nobody would learn when the UI is ready. A handler is added only where
nobody has: an application's own logging configuration is never touched.
"""

from __future__ import annotations

import logging

__all__ = ("log_where_nobody_listens",)


def log_where_nobody_listens() -> bool:
    """Show FluxLit's lines from INFO on, on standard error, if no handler would; whether that was needed."""
    own = logging.getLogger("fluxlit")
    if own.hasHandlers():
        return False
    handler = logging.StreamHandler()
    # The column in which uvicorn begins its own messages.
    handler.setFormatter(logging.Formatter("{levelname}:{pad}{message}", style="{", defaults={"pad": "     "}))
    own.addHandler(handler)
    own.setLevel(logging.INFO)
    own.propagate = False
    return True
