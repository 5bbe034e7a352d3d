"""Every documented module path of 0.13.2 has its documented names."""

from __future__ import annotations

import importlib

import pytest

DOCUMENTED = {
    "fluxlit": """ApiClient Cookie Depends FluxLit FluxLitPublicUrls FluxLitTestClient FluxlitSettings GenericOIDCClient
        GenericOIDCClientConfig Header InMemoryOIDCBFFTokenStore InMemorySessionStore JWTAuthConfig JWTBearer
        NavigationModel OIDCBFFConfig OIDCBFFTokenStore OIDCProvider Page PageMeta Query RequireRoles RequireScopes
        SessionModel SessionStore StandardClaims __version__ apptest_assert_no_errors apptest_select_page
        assert_no_streamlit_exception bearer_headers_from_session ensure_url_session exchange_auth_code_from_query
        hydrate_url_session hydrate_url_session_typed issue_hs256_access_token match_nav_page new_session_id
        parse_query_params persist_url_session pkce_pair prepare_streamlit_api_client query_params
        register_oidc_bff_routes reset_trace_hook set_trace_hook streamlit_main_path trace_span""",
    "fluxlit.api": "router",
    "fluxlit.app": "FluxLit",
    "fluxlit.auth": """AuthDependency GenericOIDCClient GenericOIDCClientConfig InMemoryOIDCBFFTokenStore JWTAuthConfig
        JWTBearer OIDCBFFConfig OIDCBFFTokenStore OIDCProvider RequireRoles RequireScopes StandardClaims
        TrustedProxyUser TrustedProxyUserConfig bearer_headers_from_session exchange_auth_code_from_query
        issue_hs256_access_token pkce_pair prepare_streamlit_api_client proxy_user_header register_oidc_bff_routes""",
    "fluxlit.auth.streamlit": "bearer_headers_from_session exchange_auth_code_from_query prepare_streamlit_api_client",
    "fluxlit.cli": "main",
    "fluxlit.client": "ApiClient AuthHeaderFactory",
    "fluxlit.config": """FluxlitSettings JsonValue ProjectConfig load_project_config resolve_binding resolve_target""",
    "fluxlit.config.config_print": """build_config_payload collect_configuration_warnings project_file_mount_warnings
        project_file_snapshot redact_fluxlit_settings_dict""",
    "fluxlit.config.project": "ProjectConfig load_project_config resolve_binding resolve_target",
    "fluxlit.deep_links": "match_nav_page query_params",
    "fluxlit.gateway": """GatewayProxyOptions build_gateway normalize_api_mount_path normalize_root_mount
        split_gateway_paths""",
    "fluxlit.gateway.forward_headers": """merge_allowlisted_browser_headers normalize_gateway_forward_header_allowlist
        rejected_gateway_forward_header_allowlist""",
    "fluxlit.gateway.header_filter": "filter_request_headers",
    "fluxlit.gateway.metrics": "GATEWAY_PROMETHEUS_METRICS get_gateway_prom_metrics",
    "fluxlit.health": "probe_streamlit_ready",
    "fluxlit.logging": """DEFAULT_SENSITIVE_QUERY_KEYS GATEWAY_ACCESS_LOG_FIELDS JSON_LOG_BASE_FIELDS JsonLogFormatter
        REQUEST_ID_HEADER get_request_id log new_request_id redact_authorization redact_query_string request_id_ctx
        reset_request_id sanitize_headers set_request_id""",
    "fluxlit.logging.redact": "redact_authorization redact_query_string sanitize_headers",
    "fluxlit.pages": """Cookie Depends Header NavigationModel Page PageMeta PageRecord Query SessionModel
        build_page_manifest page_slug parse_query_params parse_query_params_adapter resolve_page_kwargs
        validate_fluxlit_pages""",
    "fluxlit.pages.di": """Cookie Depends Header env_page_overrides reset_page_cookie_context reset_page_header_context
        resolve_and_call_page resolve_page_kwargs set_page_cookie_context set_page_header_context""",
    "fluxlit.pages.flags": "FluxlitFeatureFlags",
    "fluxlit.pages.manifest": "MANIFEST_V1_PAGE_ALLOWED_KEYS MANIFEST_V1_ROOT_KEYS build_page_manifest",
    "fluxlit.pages.query": "query_dict_for_manifest",
    "fluxlit.pages.signature": "validate_strict_page_signature",
    "fluxlit.runtime": """DEFAULT_PIDFILE_NAME STREAMLIT_UPSTREAM_FILE_ENV asgi_from_fluxlit create_gateway_app
        create_unified_app default_pidfile_path find_free_port internal_api_base_url load_fluxlit
        read_streamlit_upstream_url resolve_import_target_for_unified run_unified shutdown_unified_process
        update_streamlit_upstream_file write_streamlit_upstream_state""",
    "fluxlit.runtime.workbench": "browser_base_url format_workbench_startup_message loopback_browser_host",
    "fluxlit.security": "SecurityHeadersMiddleware",
    "fluxlit.streamlit": "PageFn StreamlitSessionFacade build_set_page_config_kwargs",
    "fluxlit.streamlit.nav_build": "apply_children_overrides order_records_with_children",
    "fluxlit.streamlit.nav_order": "navigation_sort_key",
    "fluxlit.streamlit.page_runner": "run_page_record",
    "fluxlit.testing": """FluxLitTestClient apptest_assert_no_errors apptest_select_page assert_no_streamlit_exception
        streamlit_main_path""",
    "fluxlit.tracing": "reset_trace_hook set_trace_hook trace_span",
    "fluxlit.url_session": """InMemorySessionStore SessionStore ensure_url_session hydrate_url_session
        hydrate_url_session_typed new_session_id persist_url_session""",
}


@pytest.mark.parametrize("path", DOCUMENTED)
def test_a_documented_module_has_its_names(path: str) -> None:
    module = importlib.import_module(path)

    missing = [name for name in DOCUMENTED[path].split() if not hasattr(module, name)]
    assert not missing


def test_the_root_promises_exactly_what_was_documented_and_perhaps_more() -> None:
    import fluxlit

    assert set(DOCUMENTED["fluxlit"].split()) <= set(fluxlit.__all__)
    assert isinstance(fluxlit.__version__, str)
