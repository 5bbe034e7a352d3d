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
    from fluxlit_auth.guard.api_keys.method import APIKeys
    from fluxlit_auth.guard.methods.basic import Basic
    from fluxlit_auth.guard.methods.bearer import JWT
    from fluxlit_auth.guard.methods.forward_auth import ForwardAuth
    from fluxlit_auth.guard.oidc.method import OIDC
    from fluxlit_auth.identity.claims_mapping import ClaimsMapping
    from fluxlit_auth.identity.current_user import (
        CurrentUser,
        OptionalUser,
        current_user,
        optional_user,
        requires,
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
    "JWT",
    "OIDC",
    "APIKeys",
    "AuthConfigurationError",
    "AuthDependency",
    "Basic",
    "ClaimsMapping",
    "CurrentUser",
    "FluxlitAuthError",
    "ForwardAuth",
    "GenericOIDCClient",
    "GenericOIDCClientConfig",
    "InMemoryOIDCBFFTokenStore",
    "JWTAuthConfig",
    "JWTBearer",
    "OIDCBFFConfig",
    "OIDCBFFTokenStore",
    "OIDCProvider",
    "OptionalUser",
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
    "current_user",
    "exchange_auth_code_from_query",
    "issue_hs256_access_token",
    "optional_user",
    "pkce_pair",
    "prepare_streamlit_api_client",
    "proxy_user_header",
    "register_oidc_bff_routes",
    "remember_peer",
    "requires",
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
    "APIKeys": "guard.api_keys.method",
    "Basic": "guard.methods.basic",
    "ClaimsMapping": "identity.claims_mapping",
    "CurrentUser": "identity.current_user",
    "ForwardAuth": "guard.methods.forward_auth",
    "JWT": "guard.methods.bearer",
    "OIDC": "guard.oidc.method",
    "OptionalUser": "identity.current_user",
    "current_user": "identity.current_user",
    "optional_user": "identity.current_user",
    "requires": "identity.current_user",
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
