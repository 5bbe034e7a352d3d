"""`build_gateway` as documented for FluxLit 0.13: an API, the URL of a Streamlit server, and settings."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxlit.wiring import gateway_options
from fluxlit_gateway import GatewayOptions, StaticUpstream, normalize_api_mount_path, normalize_root_mount
from fluxlit_gateway import build_gateway as build_gateway_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.types import ASGIApp

    from fluxlit.settings import FluxlitSettings
    from fluxlit_gateway import UpstreamTarget

__all__ = ("GatewayProxyOptions", "build_gateway")


@dataclass(frozen=True)
class GatewayProxyOptions:
    """Limits of a gateway by their documented names; 0 means no limit, `None` the library's default."""

    connect_timeout: float = 30.0
    read_timeout: float = 120.0
    max_proxy_body_bytes: int = 0
    max_concurrent_upstream_http: int = 0
    httpx_max_connections: int = 0
    httpx_max_keepalive_connections: int = 0
    ws_open_timeout_s: float = 30.0
    ws_ping_interval_s: float | None = None
    ws_ping_timeout_s: float | None = None
    ws_close_timeout_s: float | None = None
    ws_max_message_bytes: int | None = None
    forward_client_headers_http: frozenset[str] = frozenset()


class _Resolved:
    """An upstream whose address is asked for anew with each request."""

    def __init__(self, resolve: Callable[[], str]) -> None:
        self._resolve = resolve

    @property
    def state(self) -> str:
        return "ready" if self._resolve() else "stopped"

    def targets(self) -> Sequence[UpstreamTarget]:
        address = self._resolve()
        return StaticUpstream(address).targets() if address else ()

    def describe(self) -> Mapping[str, object]:
        return {"sidecars": [{"name": target.name, "state": "ready"} for target in self.targets()]}


def build_gateway(
    api_app: ASGIApp,
    upstream_base: str,
    *,
    upstream_resolver: Callable[[], str] | None = None,
    access_log: bool = False,
    api_prefix: str = "/api",
    root_mount: str = "",
    proxy_settings: FluxlitSettings | None = None,
) -> ASGIApp:
    """Serve an API and a Streamlit server on one port.

    Args:
        api_app: The API.
        upstream_base: URL of the Streamlit server.
        upstream_resolver: Gives that URL for each request, instead.
        access_log: Log each request at INFO.
        api_prefix: Where the API is served.
        root_mount: Public mount.
        proxy_settings: Limits and the rest; by default those of `GatewayOptions`.

    Raises:
        fluxlit_gateway.GatewayConfigurationError: The URL cannot be used.
    """
    options = (
        GatewayOptions()
        if proxy_settings is None
        else gateway_options(proxy_settings, affinity_key=secrets.token_urlsafe(32))
    )
    served: dict[str, object] = {
        "api_prefix": normalize_api_mount_path(api_prefix),
        "root_mount": normalize_root_mount(root_mount),
        "access_log": access_log,
    }
    return build_gateway_of(
        api=api_app,
        upstream=_Resolved(upstream_resolver) if upstream_resolver is not None else upstream_base or None,
        options=options.model_copy(update=served),
    )
