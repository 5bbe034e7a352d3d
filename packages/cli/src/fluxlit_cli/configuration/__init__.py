"""The effective configuration: values with their origins, secrets masked, and what is odd about them."""

from fluxlit_cli.configuration.payload import build_config_payload, project_file_snapshot
from fluxlit_cli.configuration.redaction import redact_fluxlit_settings_dict
from fluxlit_cli.configuration.warnings import (
    ConfigurationWarning,
    collect_configuration_warnings,
    project_file_mount_warnings,
)

__all__ = (
    "ConfigurationWarning",
    "build_config_payload",
    "collect_configuration_warnings",
    "project_file_mount_warnings",
    "project_file_snapshot",
    "redact_fluxlit_settings_dict",
)
