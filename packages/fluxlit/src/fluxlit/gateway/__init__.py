"""The documented module path of the gateway; the code is `fluxlit_gateway`'s."""

from fluxlit.gateway.building import GatewayProxyOptions, build_gateway
from fluxlit_gateway import normalize_api_mount_path, normalize_root_mount, split_gateway_paths

__all__ = (
    "GatewayProxyOptions",
    "build_gateway",
    "normalize_api_mount_path",
    "normalize_root_mount",
    "split_gateway_paths",
)
