"""One ASGI gateway in front of an API and an HTTP upstream."""

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
