"""The project file, under its documented name."""

from fluxlit_cli.project import ProjectConfig, load_project_config, resolve_binding, resolve_target

__all__ = ("ProjectConfig", "load_project_config", "resolve_binding", "resolve_target")
