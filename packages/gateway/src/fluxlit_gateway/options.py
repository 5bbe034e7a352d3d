"""Every setting of a gateway, validated once."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, SecretStr, field_validator

from fluxlit_gateway.cors import CorsOptions
from fluxlit_gateway.headers.forward_headers import normalize_gateway_forward_header_allowlist
from fluxlit_gateway.hosts import HostRule
from fluxlit_gateway.origin import OriginRule
from fluxlit_gateway.routing.paths import normalize_api_mount_path, normalize_root_mount
from fluxlit_gateway.security_headers import SecurityHeaders

__all__ = ("Count", "GatewayOptions", "Seconds")

Seconds = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=0)]


class GatewayOptions(BaseModel):
    """Settings of one gateway. Zero means no limit or no timeout, unless a description says otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(default="FluxLit", description="Name of the application on the waiting page.")
    api_prefix: str = Field(default="/api", description="Path prefix of the API; not the root.")
    root_mount: str = Field(default="", description="Public mount under which a proxy in front shows the gateway.")

    connect_timeout: Seconds = Field(default=30.0, description="Seconds to connect to a target; then 504.")
    read_timeout: Seconds = Field(default=120.0, description="Seconds to wait for each piece from a target; then 504.")
    max_proxy_body_bytes: Count = Field(default=0, description="Largest request body for the UI, inclusive; else 413.")
    max_proxy_body_setting: str = Field(
        default="max_proxy_body_bytes", description="What that limit is called by who may raise it; the 413 names it."
    )
    max_concurrent_upstream_http: Count = Field(default=0, description="Requests to the UI at a time; then 503.")
    max_connections: Count = Field(default=0, description="Connections per target; a request that gets none waits.")
    max_keepalive_connections: Count = Field(default=0, description="Idle connections kept per target; 0 keeps 100.")

    ws_open_timeout_s: Seconds = Field(default=30.0, description="Seconds for the upstream WebSocket handshake.")
    ws_ping_interval_s: Seconds | None = Field(
        default=None, description="Seconds between pings to a target; None: 20 for a remote one, none on this host."
    )
    ws_ping_timeout_s: Seconds | None = Field(default=None, description="Seconds to wait for a pong; None: 20.")
    ws_close_timeout_s: Seconds | None = Field(default=None, description="Seconds for the closing handshake; None: 10.")
    ws_max_message_bytes: Count | None = Field(
        default=None, description="Largest WebSocket message in either direction; None is unlimited."
    )

    forward_client_headers_http: frozenset[str] = Field(
        default=frozenset(), description="Names of client headers to pass on although the gateway would drop them."
    )
    allowed_origins: tuple[str, ...] = Field(
        default=(), description="Origins besides the page's own that may open WebSockets and change things in the UI."
    )
    allow_missing_origin: bool = Field(
        default=True, description="Let WebSockets without Origin pass; only programs, never browsers, send none."
    )
    allowed_hosts: tuple[str, ...] = Field(
        default=(), description="Host names to answer to (DNS rebinding); empty answers to every name."
    )
    trust_forwarded_host: bool = Field(
        default=False, description="Believe X-Forwarded-Host: only behind a proxy that always sets it."
    )
    serve_streamlit_assets: bool = Field(
        default=False, description="Serve the installed Streamlit's hashed static files here, compressed."
    )
    assets_cache_dir: Path | None = Field(
        default=None, description="Where compressed assets are kept; None is the user's cache folder."
    )
    lean_first_view: bool = Field(
        default=True,
        description="With these files: browsers load the icon font once an icon shows, and of the text font the part "
        "for Latin scripts first. Needs fluxlit-gateway[fonts].",
    )
    cors: CorsOptions = Field(default_factory=CorsOptions, description="Cross-origin access to the API.")
    ui_security_headers: SecurityHeaders | None = Field(
        default=None, description="Security headers added to the UI's answers; see SecurityHeaders.for_streamlit()."
    )
    api_security_headers: SecurityHeaders | None = Field(
        default=None, description="Security headers added to the API's answers."
    )
    redirect_docs: bool = Field(default=True, description="Send /docs, /redoc and /openapi.json on to the API's.")
    access_log: bool = Field(default=False, description="Log each request at INFO instead of DEBUG.")
    debug: bool = Field(default=False, description="Serve /__fluxlit/debug. Not for production.")
    debug_settings: dict[str, JsonValue] = Field(
        default_factory=dict[str, JsonValue], description="Shown by /__fluxlit/debug; without secrets."
    )
    debug_routes: tuple[dict[str, JsonValue], ...] = Field(
        default=(), description="Routes and pages, shown by /__fluxlit/debug."
    )
    metrics: bool = Field(default=False, description="Count for metrics, whether or not they are served here.")
    metrics_folder: Path | None = Field(
        default=None, description="Where processes share their metrics; None keeps them to this process."
    )
    metrics_path: str | None = Field(default=None, description="Where to serve Prometheus metrics; None is nowhere.")
    sensitive_query_keys: frozenset[str] = Field(
        default=frozenset({"fluxlit_sid", "auth_code"}), description="Query keys whose values are never logged."
    )
    affinity_cookie: str = Field(default="fluxlit_target", description="Cookie that keeps a browser on its target.")
    affinity_key: SecretStr | None = Field(
        default=None, description="Key that signs that cookie; workers need the same one. None makes a random one."
    )

    @field_validator("allowed_origins")
    @classmethod
    def _check_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return OriginRule(allowed=value).allowed

    @field_validator("allowed_hosts")
    @classmethod
    def _check_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return HostRule(allowed=value).allowed

    @field_validator("forward_client_headers_http")
    @classmethod
    def _normalise_names(cls, value: frozenset[str]) -> frozenset[str]:
        return frozenset(normalize_gateway_forward_header_allowlist(value))

    @field_validator("api_prefix")
    @classmethod
    def _normalise_prefix(cls, value: str) -> str:
        prefix = normalize_api_mount_path(value)
        if prefix == "/":
            raise ValueError("api_prefix '/' would leave no path for the UI; use a prefix such as '/api'")
        return prefix

    @field_validator("root_mount")
    @classmethod
    def _normalise_mount(cls, value: str) -> str:
        return normalize_root_mount(value)
