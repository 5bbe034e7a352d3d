"""The log of a sidecar, in the form in which its supervisor keeps level and logger."""

from __future__ import annotations

import logging

from fluxlit_sidecar.supervision.output import RECORD_FORMAT

__all__ = ("quieten_uvicorn", "send_logs_to_the_supervisor")


def send_logs_to_the_supervisor() -> None:
    """Write every log record that page code and libraries make to standard error, marked with level and logger."""
    logging.basicConfig(format=RECORD_FORMAT, level=logging.INFO, force=True)


def quieten_uvicorn() -> None:
    """Leave out what uvicorn says on every start, stop and connection: the supervisor and the gateway tell it better.

    To be called after Streamlit has read its configuration, which sets uvicorn's levels.
    """
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
