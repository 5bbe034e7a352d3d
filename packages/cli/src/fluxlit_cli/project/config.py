"""The few keys of the project file that the command reads before the user's module is loaded."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from fluxlit_cli.project.file import ProjectFileError, read_project_file

__all__ = ("ProjectConfig", "load_project_config", "resolve_binding", "resolve_target")

_DEFAULT_TARGET = "app:app"
_DEFAULT_HOST = "127.0.0.1"
_DEFAULT_PORT = 8000
_DEFAULT_LOG_LEVEL = "info"

T = TypeVar("T")


@dataclass
class ProjectConfig:
    """What the project file says about serving; ``None`` where it is silent."""

    target: str | None = None
    gateway_host: str | None = None
    gateway_port: int | None = None
    log_level: str | None = None
    api_mount_path: str | None = None
    root_path: str | None = None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _port(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def load_project_config(cwd: Path | None = None) -> ProjectConfig | None:
    """The serving keys of the project file of ``cwd``, or ``None`` when there is no readable one.

    It is lenient, for callers that only want a hint: a key of the wrong type is left out. ``FluxlitSettings`` reads
    the same file and refuses it.
    """
    try:
        project = read_project_file(cwd)
    except ProjectFileError:
        return None
    if project is None:
        return None
    values = project.values
    return ProjectConfig(
        target=_text(values.get("target")),
        gateway_host=_text(values.get("gateway_host")),
        gateway_port=_port(values.get("gateway_port")),
        log_level=_text(values.get("log_level")),
        api_mount_path=_text(values.get("api_mount_path")),
        root_path=_text(values.get("root_path")),
    )


def resolve_target(cli_target: str | None, pc: ProjectConfig | None) -> str:
    """The application to load: the command line's, else the project file's, else ``app:app``."""
    if cli_target is not None:
        return cli_target
    return (pc.target if pc else None) or _DEFAULT_TARGET


def resolve_binding(
    *,
    cli_host: str | None,
    cli_port: int | None,
    cli_log_level: str | None,
    pc: ProjectConfig | None,
    settings_gateway_host: str,
    settings_gateway_port: int,
    settings_log_level: str,
) -> tuple[str, int, str]:
    """Host, port and log level: each from the command line, else the settings, else the project file.

    A settings value other than the built-in default was chosen somewhere (the environment beats the project file), so
    it wins over ``pc``. Port 0 on the command line stays 0: any free port.
    """
    pc = pc or ProjectConfig()
    host = cli_host or _chosen(settings_gateway_host, _DEFAULT_HOST, pc.gateway_host)
    port = _chosen(settings_gateway_port, _DEFAULT_PORT, pc.gateway_port) if cli_port is None else cli_port
    return host, port, cli_log_level or _chosen(settings_log_level, _DEFAULT_LOG_LEVEL, pc.log_level)


def _chosen(setting: T, default: T, project: T | None) -> T:
    return project if setting == default and project is not None else setting
