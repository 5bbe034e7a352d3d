"""The environment variables by which a supervisor hands a child its socket, its control channel and its name."""

from __future__ import annotations

__all__ = (
    "AHEAD",
    "CONTROL_FD",
    "FOLDER",
    "HOP_SECRET",
    "HOP_SECRET_HEADER",
    "LISTEN_FD",
    "NAME",
    "ORDERS_FD",
    "PARENT_PID",
    "SECRET",
    "SPARE",
    "STREAMLIT",
    "URGENT",
)

# Set for a supervisor that is started ahead: by what its first sidecar warms up, as JSON.
AHEAD = "FLUXLIT_SIDECAR_AHEAD"
LISTEN_FD = "FLUXLIT_SIDECAR_LISTEN_FD"
CONTROL_FD = "FLUXLIT_SIDECAR_CONTROL_FD"
NAME = "FLUXLIT_SIDECAR_NAME"
PARENT_PID = "FLUXLIT_SIDECAR_PARENT_PID"
# Set for a forerunner: where it hears what it is to become.
ORDERS_FD = "FLUXLIT_SIDECAR_ORDERS_FD"
FOLDER = "FLUXLIT_SIDECAR_FOLDER"
# Set for a child that takes the place of one that failed while no other serves: better soon than warm.
URGENT = "FLUXLIT_SIDECAR_URGENT"
# Set for a child that prepares itself and waits until it is needed.
SPARE = "FLUXLIT_SIDECAR_SPARE"
# What a Streamlit sidecar is to serve and how, as JSON.
STREAMLIT = "FLUXLIT_SIDECAR_STREAMLIT"
SECRET = "FLUXLIT_SIDECAR_SECRET"  # noqa: S105 - the name of the variable, not a secret
# Set for a child on a port of the loopback interface: what each request has to carry in the header below.
HOP_SECRET = "FLUXLIT_SIDECAR_HOP_SECRET"  # noqa: S105 - the name of the variable, not a secret
HOP_SECRET_HEADER = "X-FluxLit-Hop-Secret"  # noqa: S105 - the name of the header, not a secret
