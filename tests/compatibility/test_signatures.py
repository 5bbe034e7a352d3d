"""Documented functions and classes can be called as documented: each parameter by its name, with its default."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import pytest

# `name` is required, `name=default` is not; what comes after `*` is by name only and was so in 0.13.2.
# `...` as a default says that there is one, whatever it is. Further parameters of ours must all be optional.
DOCUMENTED = {
    "fluxlit:FluxLit": """* title=None settings=None import_target=None fastapi_kwargs=None streamlit_run_args=None
        streamlit_page_config=None session_store=None""",
    "fluxlit:FluxLit.page": "self path * title=None icon=None tags=None page_meta=None",
    "fluxlit:FluxLit.discover_pages": "self directory * package",
    "fluxlit:FluxLit.navigation": "self model",
    "fluxlit:FluxLit.attach_oidc_login": "self oidc * first_party_secret=None",
    "fluxlit:FluxLit.build_page_manifest": "self * version=1",
    "fluxlit:FluxLitPublicUrls.for_page": "self request path * query=None",
    "fluxlit:FluxLitPublicUrls.page_url": "self request path * query=None",
    "fluxlit.client:ApiClient": """base_url=None * timeout=30.0 default_headers=None auth_header_factory=None
        propagate_request_id=False""",
    "fluxlit.client:ApiClient.get_model": "self path model",
    "fluxlit.client:ApiClient.post_model": "self path response_model * body=None",
    "fluxlit.client:ApiClient.for_fluxlit": """* bearer_token=None auth_header_factory=None base_url=None timeout=30.0
        default_headers=None propagate_request_id=False""",
    "fluxlit.client:ApiClient.with_bearer": "self token",
    "fluxlit.config:resolve_target": "cli_target pc",
    "fluxlit.config:load_project_config": "cwd=None",
    "fluxlit.config:resolve_binding": """* cli_host cli_port cli_log_level pc settings_gateway_host
        settings_gateway_port settings_log_level""",
    "fluxlit.config:ProjectConfig": """target=None gateway_host=None gateway_port=None log_level=None
        api_mount_path=None root_path=None""",
    "fluxlit.gateway:build_gateway": """api_app upstream_base * upstream_resolver=None access_log=False api_prefix=/api
        root_mount= proxy_settings=None""",
    "fluxlit.gateway:GatewayProxyOptions": """connect_timeout=30.0 read_timeout=120.0 max_proxy_body_bytes=0
        max_concurrent_upstream_http=0 httpx_max_connections=0 httpx_max_keepalive_connections=0 ws_open_timeout_s=30.0
        ws_ping_interval_s=None ws_ping_timeout_s=None ws_close_timeout_s=None ws_max_message_bytes=None
        forward_client_headers_http=...""",
    "fluxlit.health:probe_streamlit_ready": "* timeout_s=0.5 upstream=None settings=None",
    "fluxlit.runtime:internal_api_base_url": "* bind_host port api_mount_path",
    "fluxlit.runtime:run_unified": """target * host=127.0.0.1 port=8000 reload=False reload_scope=gateway log_level=info
        proxy_headers=False forwarded_allow_ips=None pidfile=None write_pidfile=True workbench_mode=False""",
    "fluxlit.runtime:shutdown_unified_process": "pidfile=None * force=False wait_s=5.0",
    "fluxlit.runtime:default_pidfile_path": "explicit=None",
    "fluxlit.runtime.workbench:browser_base_url": "bind_host bind_port * scheme=http",
    "fluxlit.api:router": "* prefix= tags=None",
    "fluxlit.streamlit:build_set_page_config_kwargs": "* settings_title streamlit_page_config",
    "fluxlit.pages:PageMeta": """* page_title=None page_icon=None layout=None initial_sidebar_state=None
        breadcrumb=None order=None description=None children=...""",
    "fluxlit.pages:PageRecord": "path title fn tags=() description= icon=None page_meta=None",
    "fluxlit.pages:NavigationModel": "order=()",
    "fluxlit.pages:Query": "* description=",
    "fluxlit.pages:SessionModel": "st * extra=ignore",
    "fluxlit.pages:parse_query_params": "st model * strict=False",
    "fluxlit.pages:parse_query_params_adapter": "st adapter * strict=False",
    "fluxlit.pages:build_page_manifest": "app * version=1",
    "fluxlit.pages:validate_fluxlit_pages": "app * strict_signatures=None",
    "fluxlit.pages.di:Depends": "dependency=None * use_cache=True",
    "fluxlit.pages.di:Header": "name",
    "fluxlit.pages.di:Cookie": "name",
    "fluxlit.pages.di:resolve_page_kwargs": "fn * st client app overrides=None",
    "fluxlit.pages.di:resolve_and_call_page": "rec st client app overrides=None",
    "fluxlit.deep_links:match_nav_page": "params pages * page_key=page",
    "fluxlit.auth:JWTAuthConfig": """* issuer audience algorithms=['RS256'] jwks_url=None hs256_secret=None
        leeway_seconds=0""",
    "fluxlit.auth:StandardClaims": "* sub=None iss=None jti=None scope=None aud=None exp=None iat=None nbf=None",
    "fluxlit.auth:RequireScopes": "bearer * scope_claim=scope",
    "fluxlit.auth:RequireRoles": "bearer * roles_claim=roles",
    "fluxlit.auth:issue_hs256_access_token": "* subject issuer audience secret ttl_seconds extra_claims=None",
    "fluxlit.auth:GenericOIDCClientConfig": "* issuer client_id client_secret http_timeout=30.0",
    "fluxlit.auth:OIDCBFFConfig": """* oidc first_party_secret token_issuer=fluxlit-bff token_audience=fluxlit-app
        access_token_ttl_seconds=3600 public_base_url= login_path=/auth/login callback_path=/auth/callback
        exchange_path=/auth/exchange streamlit_redirect_path=/ state_ttl_seconds=600 otc_ttl_seconds=120
        id_token_audience= id_token_leeway_seconds=0 allow_unverified_id_token_for_custom_oidc=False
        bff_token_store=None scope=...""",
    "fluxlit.auth:register_oidc_bff_routes": "app config * router_prefix=",
    "fluxlit.auth:InMemoryOIDCBFFTokenStore": "state_ttl_seconds=600.0 otc_ttl_seconds=120.0",
    "fluxlit.auth:TrustedProxyUserConfig": """* header_name=X-Remote-User require_https=False trusted_client_hosts=None
        require_non_empty_user=True""",
    "fluxlit.auth:proxy_user_header": "header_name=X-Remote-User",
    "fluxlit.auth.streamlit:exchange_auth_code_from_query": """st client * exchange_path=/auth/exchange
        query_key=auth_code session_key=fluxlit_access_token""",
    "fluxlit.auth.streamlit:bearer_headers_from_session": "st * session_key=fluxlit_access_token",
    "fluxlit.auth.streamlit:prepare_streamlit_api_client": """st * exchange_path=/auth/exchange
        session_key=fluxlit_access_token""",
    "fluxlit.url_session:InMemorySessionStore": "* max_entries=5000 default_ttl_seconds=86400.0",
    "fluxlit.url_session:ensure_url_session": "st store * param=None initial=None ttl_seconds=None",
    "fluxlit.url_session:hydrate_url_session": "st store * param=None merge=True",
    "fluxlit.url_session:persist_url_session": "st store * param=None ttl_seconds=None",
    "fluxlit.url_session:hydrate_url_session_typed": "st store model * param=None merge=True strict=False",
    "fluxlit.testing:FluxLitTestClient": "app api_prefix=/api root_mount=",
    "fluxlit.testing:FluxLitTestClient.streamlit": """self * target internal_api_base=None extra_sys_path=None
        query_params=None page_overrides=None""",
    "fluxlit.testing:FluxLitTestClient.select_page": """self at page * target page_key=page internal_api_base=None
        page_overrides=None""",
    "fluxlit.logging:redact_query_string": "query * sensitive_keys=None",
    "fluxlit.tracing:trace_span": "name attributes",
}


def found(path: str) -> Any:
    module, _, names = path.partition(":")
    value: Any = importlib.import_module(module)
    for name in names.split("."):
        value = getattr(value, name)
    return value


@pytest.mark.parametrize("path", DOCUMENTED)
def test_each_documented_parameter_is_there_with_its_default(path: str) -> None:
    parameters = dict(inspect.signature(found(path)).parameters)
    words = DOCUMENTED[path].split()
    positional = words[: words.index("*")] if "*" in words else words

    for word in words:
        name, has_default, default = word.partition("=")
        if name == "*":
            continue
        parameter = parameters.pop(name)
        assert (parameter.default is not parameter.empty) or not has_default, name
        if has_default and default != "...":
            assert str(parameter.default) == default, name
        if word in positional:
            assert parameter.kind is not parameter.KEYWORD_ONLY, name
    needed = [
        each.name
        for each in parameters.values()
        if each.default is each.empty and each.kind not in {each.VAR_POSITIONAL, each.VAR_KEYWORD}
    ]
    assert needed == []
