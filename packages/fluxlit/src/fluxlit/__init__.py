"""FastAPI routes and Streamlit pages: one app object, one public port.

Everything documented is importable from here. Names are loaded when they are first used (PEP 562), so that the command
line and a page that needs only `ApiClient` do not pay for FastAPI and the rest.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fluxlit.app import FluxLit
    from fluxlit.settings import FluxlitSettings
    from fluxlit.tracing import reset_trace_hook, set_trace_hook, trace_span
    from fluxlit_auth import (
        GenericOIDCClient,
        GenericOIDCClientConfig,
        InMemoryOIDCBFFTokenStore,
        JWTAuthConfig,
        JWTBearer,
        OIDCBFFConfig,
        OIDCBFFTokenStore,
        OIDCProvider,
        RequireRoles,
        RequireScopes,
        StandardClaims,
        bearer_headers_from_session,
        exchange_auth_code_from_query,
        issue_hs256_access_token,
        pkce_pair,
        prepare_streamlit_api_client,
        register_oidc_bff_routes,
    )
    from fluxlit_client import ApiClient
    from fluxlit_pages import (
        Cookie,
        Depends,
        FluxLitPublicUrls,
        Header,
        NavigationModel,
        Page,
        PageMeta,
        Query,
        SessionModel,
        SessionState,
        match_nav_page,
        parse_query_params,
        query_params,
    )
    from fluxlit_sessions import (
        InMemorySessionStore,
        Session,
        SessionStore,
        ensure_url_session,
        hydrate_url_session,
        hydrate_url_session_typed,
        new_session_id,
        persist_url_session,
    )
    from fluxlit_testing import (
        FluxLitTestClient,
        apptest_assert_no_errors,
        apptest_select_page,
        assert_no_streamlit_exception,
        streamlit_main_path,
    )

__version__ = "0.14.0"

__all__ = (
    "ApiClient",
    "Cookie",
    "Depends",
    "FluxLit",
    "FluxLitPublicUrls",
    "FluxLitTestClient",
    "FluxlitSettings",
    "GenericOIDCClient",
    "GenericOIDCClientConfig",
    "Header",
    "InMemoryOIDCBFFTokenStore",
    "InMemorySessionStore",
    "JWTAuthConfig",
    "JWTBearer",
    "NavigationModel",
    "OIDCBFFConfig",
    "OIDCBFFTokenStore",
    "OIDCProvider",
    "Page",
    "PageMeta",
    "Query",
    "RequireRoles",
    "RequireScopes",
    "Session",
    "SessionModel",
    "SessionState",
    "SessionStore",
    "StandardClaims",
    "__version__",
    "apptest_assert_no_errors",
    "apptest_select_page",
    "assert_no_streamlit_exception",
    "bearer_headers_from_session",
    "ensure_url_session",
    "exchange_auth_code_from_query",
    "hydrate_url_session",
    "hydrate_url_session_typed",
    "issue_hs256_access_token",
    "match_nav_page",
    "new_session_id",
    "parse_query_params",
    "persist_url_session",
    "pkce_pair",
    "prepare_streamlit_api_client",
    "query_params",
    "register_oidc_bff_routes",
    "reset_trace_hook",
    "set_trace_hook",
    "streamlit_main_path",
    "trace_span",
)

_HOMES = {
    "fluxlit.app": ("FluxLit",),
    "fluxlit.settings": ("FluxlitSettings",),
    "fluxlit.tracing": (
        "reset_trace_hook",
        "set_trace_hook",
        "trace_span",
    ),
    "fluxlit_auth": (
        "GenericOIDCClient",
        "GenericOIDCClientConfig",
        "InMemoryOIDCBFFTokenStore",
        "JWTAuthConfig",
        "JWTBearer",
        "OIDCBFFConfig",
        "OIDCBFFTokenStore",
        "OIDCProvider",
        "RequireRoles",
        "RequireScopes",
        "StandardClaims",
        "bearer_headers_from_session",
        "exchange_auth_code_from_query",
        "issue_hs256_access_token",
        "pkce_pair",
        "prepare_streamlit_api_client",
        "register_oidc_bff_routes",
    ),
    "fluxlit_client": ("ApiClient",),
    "fluxlit_pages": (
        "Cookie",
        "Depends",
        "FluxLitPublicUrls",
        "Header",
        "NavigationModel",
        "Page",
        "PageMeta",
        "Query",
        "SessionModel",
        "SessionState",
        "match_nav_page",
        "parse_query_params",
        "query_params",
    ),
    "fluxlit_sessions": (
        "InMemorySessionStore",
        "Session",
        "SessionStore",
        "ensure_url_session",
        "hydrate_url_session",
        "hydrate_url_session_typed",
        "new_session_id",
        "persist_url_session",
    ),
    "fluxlit_testing": (
        "FluxLitTestClient",
        "apptest_assert_no_errors",
        "apptest_select_page",
        "assert_no_streamlit_exception",
        "streamlit_main_path",
    ),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'fluxlit' has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
