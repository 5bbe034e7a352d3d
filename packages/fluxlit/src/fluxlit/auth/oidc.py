"""The documented module path of OpenID Connect; the code is `fluxlit_auth`'s."""

from fluxlit_auth import (
    GenericOIDCClient,
    GenericOIDCClientConfig,
    InMemoryOIDCBFFTokenStore,
    OIDCBFFConfig,
    OIDCBFFTokenStore,
    OIDCProvider,
    pkce_pair,
    register_oidc_bff_routes,
)

__all__ = (
    "GenericOIDCClient",
    "GenericOIDCClientConfig",
    "InMemoryOIDCBFFTokenStore",
    "OIDCBFFConfig",
    "OIDCBFFTokenStore",
    "OIDCProvider",
    "pkce_pair",
    "register_oidc_bff_routes",
)
