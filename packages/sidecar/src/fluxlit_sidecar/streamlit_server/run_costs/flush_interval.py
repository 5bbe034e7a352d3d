"""Shorter pauses between two deliveries, for a Streamlit whose deliveries are left to itself (see `deliveries`)."""

from __future__ import annotations

from fluxlit_sidecar.streamlit_server.run_costs.known_code import namespace

__all__ = ("FLUSH_INTERVAL", "pause_less")

FLUSH_INTERVAL = 0.002
"""Seconds between two deliveries. With less a small page is delivered in more pieces, for more processor time."""

_INTERVAL_NAME = "MESSAGE_FLUSH_INTERVAL_SECS"


def pause_less() -> None:
    """Shorten the pause, where the runtime has a name for it."""
    runtime = namespace("streamlit.runtime.runtime")
    interval = runtime.get(_INTERVAL_NAME)
    if isinstance(interval, float) and interval > FLUSH_INTERVAL:
        runtime[_INTERVAL_NAME] = FLUSH_INTERVAL
