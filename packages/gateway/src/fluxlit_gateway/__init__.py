"""One ASGI gateway in front of an API and an HTTP upstream."""

from fluxlit_gateway.build import build_gateway
from fluxlit_gateway.errors import GatewayConfigurationError, GatewayError
from fluxlit_gateway.gateway import Gateway
from fluxlit_gateway.options import GatewayOptions
from fluxlit_gateway.routing.paths import normalize_api_mount_path, normalize_root_mount, split_gateway_paths
from fluxlit_gateway.upstream.protocols import Upstream, UpstreamTarget
from fluxlit_gateway.upstream.static import AppUpstream, StaticUpstream

__all__ = (
    "AppUpstream",
    "Gateway",
    "GatewayConfigurationError",
    "GatewayError",
    "GatewayOptions",
    "StaticUpstream",
    "Upstream",
    "UpstreamTarget",
    "build_gateway",
    "normalize_api_mount_path",
    "normalize_root_mount",
    "split_gateway_paths",
)
