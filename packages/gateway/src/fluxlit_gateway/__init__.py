"""One ASGI gateway in front of an API and an HTTP upstream.

The names below are imported when they are first used: who needs a rule about paths does not pay for the proxy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fluxlit_gateway.build import build_gateway
    from fluxlit_gateway.cors import CorsOptions
    from fluxlit_gateway.errors import GatewayConfigurationError, GatewayError
    from fluxlit_gateway.gateway import Gateway
    from fluxlit_gateway.headers.forward_headers import (
        merge_allowlisted_browser_headers,
        normalize_gateway_forward_header_allowlist,
        rejected_gateway_forward_header_allowlist,
    )
    from fluxlit_gateway.observability.metrics import GATEWAY_PROMETHEUS_METRICS, get_gateway_prom_metrics
    from fluxlit_gateway.options import GatewayOptions
    from fluxlit_gateway.routing.paths import normalize_api_mount_path, normalize_root_mount, split_gateway_paths
    from fluxlit_gateway.security_headers import SecurityHeaders
    from fluxlit_gateway.upstream.protocols import Upstream, UpstreamTarget
    from fluxlit_gateway.upstream.static import AppUpstream, StaticUpstream

__all__ = (
    "GATEWAY_PROMETHEUS_METRICS",
    "AppUpstream",
    "CorsOptions",
    "Gateway",
    "GatewayConfigurationError",
    "GatewayError",
    "GatewayOptions",
    "SecurityHeaders",
    "StaticUpstream",
    "Upstream",
    "UpstreamTarget",
    "build_gateway",
    "get_gateway_prom_metrics",
    "merge_allowlisted_browser_headers",
    "normalize_api_mount_path",
    "normalize_gateway_forward_header_allowlist",
    "normalize_root_mount",
    "rejected_gateway_forward_header_allowlist",
    "split_gateway_paths",
)

_MODULES = {
    "build": ("build_gateway",),
    "cors": ("CorsOptions",),
    "errors": ("GatewayConfigurationError", "GatewayError"),
    "gateway": ("Gateway",),
    "headers.forward_headers": (
        "merge_allowlisted_browser_headers",
        "normalize_gateway_forward_header_allowlist",
        "rejected_gateway_forward_header_allowlist",
    ),
    "observability.metrics": ("GATEWAY_PROMETHEUS_METRICS", "get_gateway_prom_metrics"),
    "options": ("GatewayOptions",),
    "routing.paths": ("normalize_api_mount_path", "normalize_root_mount", "split_gateway_paths"),
    "security_headers": ("SecurityHeaders",),
    "upstream.protocols": ("Upstream", "UpstreamTarget"),
    "upstream.static": ("AppUpstream", "StaticUpstream"),
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
