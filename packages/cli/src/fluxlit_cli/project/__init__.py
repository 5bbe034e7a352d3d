"""The project file: finding it, reading it, and where each of its keys stands."""

from fluxlit_cli.project.config import ProjectConfig, load_project_config, resolve_binding, resolve_target
from fluxlit_cli.project.file import ProjectFile, ProjectFileError, read_project_file

__all__ = (
    "ProjectConfig",
    "ProjectFile",
    "ProjectFileError",
    "load_project_config",
    "read_project_file",
    "resolve_binding",
    "resolve_target",
)
