"""The effective configuration of an application, as one JSON object."""

import os
from pathlib import Path
from typing import Any

from fluxlit_cli.configuration.redaction import redact_fluxlit_settings_dict
from fluxlit_cli.configuration.warnings import collect_configuration_warnings, normal_mount
from fluxlit_cli.project import read_project_file
from fluxlit_cli.serving.listening import url_host

__all__ = ("build_config_payload", "internal_api_base", "project_file_snapshot")


def project_file_snapshot(cwd: Path | None = None) -> dict[str, Any] | None:
    """The keys of the project file of ``cwd``, secrets masked, or ``None`` when there is none."""
    project = read_project_file(cwd)
    if project is None:
        return None
    return {"path": project.path.name, **redact_fluxlit_settings_dict(dict(project.values))}


def internal_api_base(settings: Any) -> str:
    """The API's address on this machine, from the binding that is configured."""
    return f"http://{url_host(settings.gateway_host)}:{settings.gateway_port}{normal_mount(settings.api_mount_path)}"


def build_config_payload(settings: Any, *, target: str) -> dict[str, Any]:
    """Everything that ``fluxlit config --json`` prints.

    Args:
        settings: The application's settings.
        target: What was loaded.
    """
    dump = settings.model_dump(mode="python")
    origin_of = getattr(settings, "origin_of", None)
    origins = {name: str(origin_of(name)) for name in dump} if callable(origin_of) else {}
    return {
        "target": target,
        "binding": {
            "host": settings.gateway_host,
            "port": settings.gateway_port,
            "log_level": settings.log_level,
        },
        "project_file": project_file_snapshot(),
        "computed": {
            "public_mount_path": settings.public_mount_path(),
            "derived_internal_api_base": internal_api_base(settings),
            "ambient_internal_api_base": os.environ.get("FLUXLIT_INTERNAL_API_BASE") or None,
        },
        "settings": redact_fluxlit_settings_dict(dump),
        "origins": origins,
        "warnings": [warning.as_dict() for warning in collect_configuration_warnings(settings)],
    }
