"""Settings and the project file, under their documented names."""

from pydantic import JsonValue

from fluxlit.settings import FluxlitSettings
from fluxlit_cli.project import ProjectConfig, load_project_config, resolve_binding, resolve_target

__all__ = (
    "FluxlitSettings",
    "JsonValue",
    "ProjectConfig",
    "load_project_config",
    "resolve_binding",
    "resolve_target",
)
