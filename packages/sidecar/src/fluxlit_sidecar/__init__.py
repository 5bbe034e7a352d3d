"""Supervised HTTP child processes, with a lean server module for Streamlit."""

from fluxlit_sidecar.child_spec import ChildSpec
from fluxlit_sidecar.errors import RuntimeFolderError, SidecarError, SidecarOptionError, SidecarStartError
from fluxlit_sidecar.options import SidecarOptions
from fluxlit_sidecar.pool import SidecarPool
from fluxlit_sidecar.runtime_folder import RuntimeFolder
from fluxlit_sidecar.streamlit_child import streamlit_child
from fluxlit_sidecar.supervision.state import PoolState, PoolStatus, SidecarState, SidecarStatus, Transition

__all__ = (
    "ChildSpec",
    "PoolState",
    "PoolStatus",
    "RuntimeFolder",
    "RuntimeFolderError",
    "SidecarError",
    "SidecarOptionError",
    "SidecarOptions",
    "SidecarPool",
    "SidecarStartError",
    "SidecarState",
    "SidecarStatus",
    "Transition",
    "streamlit_child",
)
