"""What ``fluxlit config`` prints, under its documented name."""

from fluxlit_cli.configuration import (
    build_config_payload,
    collect_configuration_warnings,
    project_file_mount_warnings,
    project_file_snapshot,
    redact_fluxlit_settings_dict,
)

__all__ = (
    "build_config_payload",
    "collect_configuration_warnings",
    "project_file_mount_warnings",
    "project_file_snapshot",
    "redact_fluxlit_settings_dict",
)
