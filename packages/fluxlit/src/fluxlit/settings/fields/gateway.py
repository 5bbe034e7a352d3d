"""Limits and headers of the gateway's hop to the sidecars."""

from pydantic import Field
from pydantic_settings import BaseSettings

from fluxlit.settings.value_types import NonNegativeFloat, NonNegativeInt, OptionalBytes, OptionalSeconds, TextList

__all__ = ("GatewayFields",)


class GatewayFields(BaseSettings):
    """Timeouts (seconds), sizes (bytes) and header rules of the hop to Streamlit."""

    gateway_upstream_connect_timeout_s: NonNegativeFloat = Field(
        default=30.0, description="Seconds to wait for a connection to a sidecar."
    )
    gateway_upstream_read_timeout_s: NonNegativeFloat = Field(
        default=120.0, description="Seconds to wait for a sidecar's next bytes, for writing and for a free connection."
    )
    gateway_max_proxy_request_body_bytes: NonNegativeInt = Field(
        default=0, description="Largest request body for Streamlit, in bytes; 0 is unlimited. Larger ones get 413."
    )
    gateway_max_concurrent_upstream_http: NonNegativeInt = Field(
        default=0, description="Most HTTP requests that Streamlit serves at once; 0 is unlimited."
    )
    gateway_httpx_max_connections: NonNegativeInt = Field(
        default=0, description="Most connections to the sidecars; 0 is the default, 100."
    )
    gateway_httpx_max_keepalive_connections: NonNegativeInt = Field(
        default=0,
        description="Most idle connections to keep; needs `gateway_httpx_max_connections`; 0 is the same number.",
    )
    gateway_assets_cache_dir: str = Field(
        default="",
        description="Folder for the compressed forms of Streamlit's static files; empty is the user's cache folder.",
    )
    gateway_lean_first_view: bool = Field(
        default=True,
        description="Browsers load Streamlit's icon font once an icon shows, and of its text font the part for Latin "
        "scripts first; off, both come whole with every first view.",
    )
    gateway_ws_open_timeout_s: NonNegativeFloat = Field(
        default=30.0, description="Seconds that a sidecar gets to accept a WebSocket."
    )
    gateway_ws_ping_interval_s: OptionalSeconds = Field(
        default=None, description="Seconds between pings to a sidecar; unset is the library's default."
    )
    gateway_ws_ping_timeout_s: OptionalSeconds = Field(
        default=None, description="Seconds to wait for a sidecar's pong; unset is the library's default."
    )
    gateway_ws_close_timeout_s: OptionalSeconds = Field(
        default=None, description="Seconds to wait for a closing handshake; unset is the library's default."
    )
    gateway_ws_max_message_bytes: OptionalBytes = Field(
        default=None, description="Largest WebSocket message, in bytes; unset is unlimited."
    )
    gateway_ws_compression: bool = Field(
        default=False,
        description="Compress WebSocket messages to browsers (permessage-deflate) when FluxLit starts the server; off, "
        "as Streamlit's own option is, because it costs each message time.",
    )
    gateway_forward_client_headers_to_streamlit: TextList = Field(
        default=[],
        description="Client headers that reach Streamlit besides the usual ones, at most 32. Headers of identity, "
        "of the hop and of forwarding are refused.",
    )
