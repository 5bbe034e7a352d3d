"""Identity for pages, sockets, files and API: JWT, OpenID Connect, forward-auth.

Names are imported when first used (PEP 562), so that `import fluxlit_auth` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fluxlit_auth.errors import (
        AuthConfigurationError,
        FluxlitAuthError,
        RefusedError,
    )
    from fluxlit_auth.forward_auth import (
        PeerAddressMiddleware,
        TrustedProxyUser,
        TrustedProxyUserConfig,
        proxy_user_header,
        remember_peer,
    )
    from fluxlit_auth.identity.user import User
    from fluxlit_auth.jwt import (
        AuthDependency,
        JWTAuthConfig,
        JWTBearer,
        RequireRoles,
        RequireScopes,
        StandardClaims,
        issue_hs256_access_token,
    )
    from fluxlit_auth.oidc import (
        GenericOIDCClient,
        GenericOIDCClientConfig,
        InMemoryOIDCBFFTokenStore,
        OIDCBFFConfig,
        OIDCBFFTokenStore,
        OIDCProvider,
        SharedOIDCBFFTokenStore,
        pkce_pair,
        register_oidc_bff_routes,
    )
    from fluxlit_auth.streamlit import (
        bearer_headers_from_session,
        exchange_auth_code_from_query,
        prepare_streamlit_api_client,
    )

__all__ = (
    "AuthConfigurationError",
    "AuthDependency",
    "FluxlitAuthError",
    "GenericOIDCClient",
    "GenericOIDCClientConfig",
    "InMemoryOIDCBFFTokenStore",
    "JWTAuthConfig",
    "JWTBearer",
    "OIDCBFFConfig",
    "OIDCBFFTokenStore",
    "OIDCProvider",
    "PeerAddressMiddleware",
    "RefusedError",
    "RequireRoles",
    "RequireScopes",
    "SharedOIDCBFFTokenStore",
    "StandardClaims",
    "TrustedProxyUser",
    "TrustedProxyUserConfig",
    "User",
    "bearer_headers_from_session",
    "exchange_auth_code_from_query",
    "issue_hs256_access_token",
    "pkce_pair",
    "prepare_streamlit_api_client",
    "proxy_user_header",
    "register_oidc_bff_routes",
    "remember_peer",
)

_HOMES = {
    "AuthConfigurationError": "errors",
    "FluxlitAuthError": "errors",
    "RefusedError": "errors",
    "PeerAddressMiddleware": "forward_auth",
    "TrustedProxyUser": "forward_auth",
    "TrustedProxyUserConfig": "forward_auth",
    "proxy_user_header": "forward_auth",
    "remember_peer": "forward_auth",
    "User": "identity.user",
    "AuthDependency": "jwt",
    "JWTAuthConfig": "jwt",
    "JWTBearer": "jwt",
    "RequireRoles": "jwt",
    "RequireScopes": "jwt",
    "StandardClaims": "jwt",
    "issue_hs256_access_token": "jwt",
    "GenericOIDCClient": "oidc",
    "GenericOIDCClientConfig": "oidc",
    "InMemoryOIDCBFFTokenStore": "oidc",
    "OIDCBFFConfig": "oidc",
    "OIDCBFFTokenStore": "oidc",
    "OIDCProvider": "oidc",
    "SharedOIDCBFFTokenStore": "oidc",
    "pkce_pair": "oidc",
    "register_oidc_bff_routes": "oidc",
    "bearer_headers_from_session": "streamlit",
    "exchange_auth_code_from_query": "streamlit",
    "prepare_streamlit_api_client": "streamlit",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
