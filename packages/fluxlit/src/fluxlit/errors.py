"""The errors of FluxLit itself.

    FluxlitError
    ├── ConfigurationError   settings, or arguments of `FluxLit(...)`, that do not fit together
    ├── StartupError         a part of the stack cannot start
    └── TargetNotFoundError  the sidecars could not be told where the application is

Each package has a tree of its own (`fluxlit_gateway.errors`, `fluxlit_pages.errors`, …); these are only the errors of
the object that joins them.
"""

from __future__ import annotations

__all__ = ("ConfigurationError", "FluxlitError", "StartupError", "TargetNotFoundError")


class FluxlitError(Exception):
    """The base class of the errors that `fluxlit` itself raises."""


class ConfigurationError(FluxlitError, ValueError):
    """Settings, or arguments of `FluxLit(...)`, that do not fit together."""


class StartupError(FluxlitError, RuntimeError):
    """A part of the stack cannot start."""


class TargetNotFoundError(StartupError):
    """The module and attribute that hold the application could not be found out."""
