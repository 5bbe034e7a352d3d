"""The redacted snapshot that ``doctor --verbose`` adds."""

import importlib.util
from typing import Any

from fluxlit_cli.configuration import project_file_snapshot, redact_fluxlit_settings_dict
from fluxlit_cli.configuration.payload import internal_api_base
from fluxlit_cli.doctor.check import Examination

__all__ = ("verbose_snapshot",)

_TRUE = frozenset({"1", "true", "yes", "on"})


def verbose_snapshot(examination: Examination) -> dict[str, Any]:
    """Everything about the application that helps in a bug report; secrets are masked."""
    if examination.app is None:
        return {"resolved_target": examination.target, "import_failed": True}
    app, settings, environ = examination.app, examination.settings, examination.environ
    return {
        "resolved_target": examination.target,
        "pages": [
            {"path": path, "title": title, "handler": f"{handler.__module__}.{handler.__qualname__}"}
            for path, title, handler in app.pages
        ],
        "settings_redacted": redact_fluxlit_settings_dict(settings.model_dump(mode="python")),
        "effective": _effective(examination),
        "openapi": {name: getattr(app.api, name, None) for name in ("openapi_url", "docs_url", "redoc_url")},
        "extras": {
            "pyjwt_available": importlib.util.find_spec("jwt") is not None,
            "prometheus_client_available": importlib.util.find_spec("prometheus_client") is not None,
            "streamlit_apptest_version_ok": importlib.util.find_spec("streamlit") is not None,
        },
        "streamlit_sidecar": {
            "fluxlit_managed_runtime": True,
            "upstream_file_set": bool(environ.get("FLUXLIT_STREAMLIT_UPSTREAM_FILE")),
            "upstream_url_set": bool(environ.get("FLUXLIT_STREAMLIT_UPSTREAM")),
        },
        "gateway_proxy": {
            "upstream_connect_timeout_s": settings.gateway_upstream_connect_timeout_s,
            "upstream_read_timeout_s": settings.gateway_upstream_read_timeout_s,
            "ws_open_timeout_s": settings.gateway_ws_open_timeout_s,
            "max_proxy_request_body_bytes": settings.gateway_max_proxy_request_body_bytes,
            "max_concurrent_upstream_http": settings.gateway_max_concurrent_upstream_http,
            "forward_client_headers_http": settings.gateway_forward_client_headers_to_streamlit,
        },
        "project_defaults": project_file_snapshot(),
    }


def _effective(examination: Examination) -> dict[str, Any]:
    settings, environ = examination.settings, examination.environ
    return {
        "api_mount_path": settings.api_mount_path,
        "public_mount_path": settings.public_mount_path(),
        "gateway_bind": f"{settings.gateway_host}:{settings.gateway_port}",
        "internal_api_base_derived": internal_api_base(settings),
        "internal_api_base_env": environ.get("FLUXLIT_INTERNAL_API_BASE") or None,
        "public_base_url": settings.public_base_url,
        "trust_proxy": settings.trust_proxy,
        "forwarded_allow_ips": settings.forwarded_allow_ips,
        "url_session_query_param": settings.url_session_query_param,
        "url_session_fluxlit_tests": environ.get("FLUXLIT_TESTS", "").lower() in _TRUE,
        "url_session_force_in_tests": environ.get("FLUXLIT_FORCE_URL_SESSION_IN_TESTS", "").lower() in _TRUE,
        "url_session_disabled": environ.get("FLUXLIT_DISABLE_URL_SESSION", "").lower() in _TRUE,
    }
