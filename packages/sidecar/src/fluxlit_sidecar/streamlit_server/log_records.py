"""The log of a sidecar, in the form in which its supervisor keeps level and logger."""

from __future__ import annotations

import logging

from fluxlit_sidecar.supervision.output import RECORD_FORMAT

__all__ = ("send_logs_to_the_supervisor",)


def send_logs_to_the_supervisor() -> None:
    """Write every log record that page code and libraries make to standard error, marked with level and logger."""
    logging.basicConfig(format=RECORD_FORMAT, level=logging.INFO, force=True)
    # uvicorn's own start and stop messages are told by the supervisor, better.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
