"""From settings to the options of each package: the only place that knows both names."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from pydantic import SecretStr

from fluxlit.proxies import TrustedProxies
from fluxlit_auth.identity.user_header import TRUSTED_USER_HEADERS
from fluxlit_gateway import GatewayOptions
from fluxlit_gateway.cors import CorsOptions
from fluxlit_gateway.security_headers import SecurityHeaders
from fluxlit_pages import main_path
from fluxlit_pages.plain_script import SCRIPT_VARIABLE
from fluxlit_pages.sidecar_setup import ERROR_DETAILS_VARIABLE
from fluxlit_sidecar import SidecarOptions, parse_streamlit_flags, streamlit_child

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxlit.settings import FluxlitSettings
    from fluxlit_pages import PlainScript
    from fluxlit_sidecar import ChildSpec

__all__ = (
    "DEVELOPMENT_VARIABLE",
    "RELOAD_SCOPE_VARIABLE",
    "SPARE_IMPORTS",
    "TRANSPORT_VARIABLE",
    "development_mode",
    "gateway_options",
    "keeps_sidecars_on_reload",
    "page_environment",
    "private_transport",
    "sidecar_options",
    "streamlit_sidecar",
    "trusted_proxies",
)

DEVELOPMENT_VARIABLE = "FLUXLIT_DEVELOPMENT"
"""Set by `fluxlit dev` for every process that it starts."""

TRANSPORT_VARIABLE = "FLUXLIT_INTERNAL_SIDECAR_TRANSPORT"
"""For tests: how sidecars and the internal API are reached, `unix` or `tcp`, where the system leaves the choice."""

RELOAD_SCOPE_VARIABLE = "FLUXLIT_INTERNAL_RELOAD_SCOPE"
"""Set by `fluxlit dev --reload` to the scope that was asked for."""

SPARE_IMPORTS = (
    "fluxlit.app",
    "fluxlit.sidecar_setup",
    "fluxlit_pages.streamlit.entry_run",
)
"""What every sidecar needs before the application's own code, and nothing of it."""


def development_mode() -> bool:
    """Whether this is a development server: Streamlit's file watcher stays on, and pages show tracebacks."""
    return os.environ.get(DEVELOPMENT_VARIABLE, "").lower() in {"1", "true", "yes", "on"}


def keeps_sidecars_on_reload() -> bool:
    """Whether a reload in development leaves the sidecars alone (`--reload-scope full` replaces them too)."""
    return development_mode() and os.environ.get(RELOAD_SCOPE_VARIABLE, "") != "full"


def private_transport() -> str:
    """How the processes of this application reach each other: `auto`, unless a test asks for another way."""
    return os.environ.get(TRANSPORT_VARIABLE, "auto")


def trusted_proxies(settings: FluxlitSettings) -> TrustedProxies | None:
    """Whose forwarding headers are believed; `None` for nobody's. The mount is learnt where no setting names it."""
    if not settings.trust_proxy:
        return None
    # "*" unless told otherwise would let any client forge its address.
    allowed = settings.forwarded_allow_ips or "127.0.0.1"
    return TrustedProxies(allowed, learn_prefix=not settings.public_mount_path().strip("/"))


def gateway_options(settings: FluxlitSettings, *, affinity_key: str) -> GatewayOptions:
    """The gateway's options; `affinity_key` signs the cookie that keeps a browser on its sidecar."""
    return GatewayOptions(
        title=settings.title,
        api_prefix=settings.api_mount_path,
        root_mount=settings.public_mount_path(),
        connect_timeout=settings.gateway_upstream_connect_timeout_s,
        read_timeout=settings.gateway_upstream_read_timeout_s,
        max_proxy_body_bytes=settings.gateway_max_proxy_request_body_bytes,
        max_proxy_body_setting="FLUXLIT_GATEWAY_MAX_PROXY_REQUEST_BODY_BYTES",
        max_concurrent_upstream_http=settings.gateway_max_concurrent_upstream_http,
        max_connections=settings.gateway_httpx_max_connections,
        max_keepalive_connections=settings.gateway_httpx_max_keepalive_connections,
        ws_open_timeout_s=settings.gateway_ws_open_timeout_s,
        ws_ping_interval_s=settings.gateway_ws_ping_interval_s,
        ws_ping_timeout_s=settings.gateway_ws_ping_timeout_s,
        ws_close_timeout_s=settings.gateway_ws_close_timeout_s,
        ws_max_message_bytes=settings.gateway_ws_max_message_bytes,
        forward_client_headers_http=frozenset(settings.gateway_forward_client_headers_to_streamlit),
        allowed_origins=tuple(settings.ws_allowed_origins),
        allowed_hosts=tuple(settings.allowed_hosts),
        trust_forwarded_host=settings.trust_proxy,
        serve_streamlit_assets=True,
        assets_cache_dir=Path(settings.gateway_assets_cache_dir) if settings.gateway_assets_cache_dir else None,
        lean_first_view=settings.gateway_lean_first_view,
        cors=CorsOptions(
            allow_origins=tuple(settings.cors_allow_origins),
            allow_credentials=settings.cors_allow_credentials,
            middleware_kwargs=settings.cors_middleware_kwargs,
        ),
        api_security_headers=SecurityHeaders() if settings.enable_security_headers else None,
        ui_security_headers=_ui_security_headers(settings),
        access_log=settings.enable_gateway_access_log,
        debug=settings.debug,
        # Secrets are masked: they are SecretStr.
        debug_settings=settings.model_dump(mode="json") if settings.debug else {},
        sensitive_query_keys=frozenset({"auth_code", "fluxlit_sid", settings.url_session_query_param}),
        affinity_key=SecretStr(affinity_key),
    )


def _ui_security_headers(settings: FluxlitSettings) -> SecurityHeaders | None:
    policy = settings.content_security_policy
    if settings.enable_security_headers:
        return SecurityHeaders.for_streamlit(**({"content_security_policy": policy} if policy else {}))
    if policy:
        return SecurityHeaders(
            content_type_options=None,
            frame_options=None,
            referrer_policy=None,
            strict_transport_security=None,
            content_security_policy=policy,
        )
    return None


def sidecar_options(settings: FluxlitSettings) -> SidecarOptions:
    """How the sidecars are supervised; a limit of 0 in the settings means none."""
    return SidecarOptions(
        sidecars=settings.sidecars,
        spares=settings.sidecar_spares,
        start_timeout=settings.sidecar_start_timeout_s,
        drain_timeout=settings.sidecar_drain_timeout_s,
        terminate_timeout=settings.sidecar_stop_timeout_s or 0.1,
        hang_timeout=settings.sidecar_hang_timeout_s,
        busy_timeout=max(settings.sidecar_hang_timeout_s, 60.0),
        # What is no transport is refused by the options.
        transport=cast('Literal["auto", "unix", "tcp"]', private_transport()),
        recycle_after=settings.sidecar_max_age_s or None,
        recycle_memory=settings.sidecar_max_memory_bytes or None,
        recycle_sessions=settings.sidecar_max_sessions or None,
    )


def streamlit_sidecar(
    settings: FluxlitSettings,
    *,
    target: str,
    api_base: str,
    script: PlainScript | None = None,
    environment: Mapping[str, str] | None = None,
) -> ChildSpec:
    """The child process that runs the pages of the application `target`, or a script that knows nothing of FluxLit.

    Args:
        settings: Of the application.
        target: `module:attribute`, what the sidecar imports; not used with a script.
        api_base: Base URL that `ApiClient` in a page uses.
        script: What to run instead of the application's pages.
        environment: Further variables for it.

    Raises:
        SidecarOptionError: `streamlit_run_cli_args` has an option that FluxLit owns, or that Streamlit does not know.
    """
    own = page_environment(target=target, api_base=api_base, api_prefix=settings.api_mount_path)
    variables = {**own, **(environment or {})}
    # The setting may stand in the project file, which the sessions' own package does not read.
    variables["FLUXLIT_URL_SESSION_QUERY_PARAM"] = settings.url_session_query_param
    mode: Literal["run", "dev"] = "dev" if development_mode() else "run"
    if mode == "run":
        # Visitors see an id, the log has the traceback; a user's own client.showErrorDetails wins.
        variables[ERROR_DETAILS_VARIABLE] = "none"
    return streamlit_child(
        script.main if script else main_path(),
        setup=f"fluxlit.sidecar_setup:{'prepare_script' if script else 'prepare'}",
        env={**variables, SCRIPT_VARIABLE: str(script.main)} if script else variables,
        base_url_path=settings.public_mount_path(),
        streamlit_options=parse_streamlit_flags(settings.streamlit_run_cli_args),
        mode=mode,
        allowed_origins=tuple(settings.ws_allowed_origins),
        warm_pages=tuple(settings.sidecar_warm_pages),
        spare_imports=SPARE_IMPORTS,
        lean_runs=settings.sidecar_lean_runs,
        # Only the gateway can write these headers of the private hop; Streamlit fills st.user from them.
        trusted_user_headers=TRUSTED_USER_HEADERS,
    )


def page_environment(*, target: str, api_base: str, api_prefix: str) -> Mapping[str, str]:
    """What a page's process finds in its environment."""
    # The module must be found in the sidecar as it was here: `uvicorn --app-dir src` changes sys.path, not the folder.
    here = [path for path in sys.path if path and "site-packages" not in path and os.path.isdir(path)]  # noqa: PTH112 - entries are strings, one for each start
    given = os.environ.get("PYTHONPATH", "")
    return {
        "FLUXLIT_APP": target,
        "FLUXLIT_API_PREFIX": api_prefix,
        "FLUXLIT_INTERNAL_API_BASE": api_base,
        "PYTHONPATH": os.pathsep.join(dict.fromkeys([*here, *filter(None, given.split(os.pathsep))])),
    }
