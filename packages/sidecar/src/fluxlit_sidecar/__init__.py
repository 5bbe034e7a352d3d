"""Supervised HTTP child processes, with a lean server module for Streamlit.

The names below are imported when they are first used: a child that only needs its link to the supervisor
(`fluxlit_sidecar.child`) does not pay for what supervises it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fluxlit_sidecar.build_pool import open_runtime_folder, pool_for
    from fluxlit_sidecar.child_spec import ChildSpec
    from fluxlit_sidecar.errors import RuntimeFolderError, SidecarError, SidecarOptionError, SidecarStartError
    from fluxlit_sidecar.native import NativeStreamlit
    from fluxlit_sidecar.options import SidecarOptions
    from fluxlit_sidecar.pool import SidecarPool
    from fluxlit_sidecar.runtime_folder import RuntimeFolder
    from fluxlit_sidecar.sharing.shared_pool import SharedSidecarPool
    from fluxlit_sidecar.sidecar_ahead import dismiss_sidecar_ahead, sidecar_ahead
    from fluxlit_sidecar.streamlit_flags import parse_streamlit_flags, validate_streamlit_options
    from fluxlit_sidecar.streamlit_spec import streamlit_child
    from fluxlit_sidecar.supervision.state import (
        PoolState,
        PoolStatus,
        RollStatus,
        SidecarState,
        SidecarStatus,
        Transition,
    )

__all__ = (
    "ChildSpec",
    "NativeStreamlit",
    "PoolState",
    "PoolStatus",
    "RollStatus",
    "RuntimeFolder",
    "RuntimeFolderError",
    "SharedSidecarPool",
    "SidecarError",
    "SidecarOptionError",
    "SidecarOptions",
    "SidecarPool",
    "SidecarStartError",
    "SidecarState",
    "SidecarStatus",
    "Transition",
    "dismiss_sidecar_ahead",
    "open_runtime_folder",
    "parse_streamlit_flags",
    "pool_for",
    "sidecar_ahead",
    "streamlit_child",
    "validate_streamlit_options",
)

_MODULES = {
    "build_pool": ("open_runtime_folder", "pool_for"),
    "child_spec": ("ChildSpec",),
    "errors": ("RuntimeFolderError", "SidecarError", "SidecarOptionError", "SidecarStartError"),
    "native": ("NativeStreamlit",),
    "options": ("SidecarOptions",),
    "pool": ("SidecarPool",),
    "runtime_folder": ("RuntimeFolder",),
    "sidecar_ahead": ("dismiss_sidecar_ahead", "sidecar_ahead"),
    "streamlit_spec": ("streamlit_child",),
    "sharing.shared_pool": ("SharedSidecarPool",),
    "streamlit_flags": ("parse_streamlit_flags", "validate_streamlit_options"),
    "supervision.state": ("PoolState", "PoolStatus", "RollStatus", "SidecarState", "SidecarStatus", "Transition"),
}
_HOME = {name: f"{__name__}.{module}" for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    # Kept, so that the next use is a plain look-up.
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
