"""Login with OpenID Connect.

Names are imported when first used (PEP 562): a page that only trades a code needs none of the machinery of a login, and
`register_oidc_bff_routes` needs FastAPI.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fluxlit_auth.oidc.client import GenericOIDCClient, GenericOIDCClientConfig
    from fluxlit_auth.oidc.config import OIDCBFFConfig
    from fluxlit_auth.oidc.pkce import pkce_pair
    from fluxlit_auth.oidc.provider import OIDCProvider
    from fluxlit_auth.oidc.routes import register_oidc_bff_routes
    from fluxlit_auth.oidc.shared_token_store import SharedOIDCBFFTokenStore
    from fluxlit_auth.oidc.token_stores import InMemoryOIDCBFFTokenStore, OIDCBFFTokenStore

__all__ = (
    "GenericOIDCClient",
    "GenericOIDCClientConfig",
    "InMemoryOIDCBFFTokenStore",
    "OIDCBFFConfig",
    "OIDCBFFTokenStore",
    "OIDCProvider",
    "SharedOIDCBFFTokenStore",
    "pkce_pair",
    "register_oidc_bff_routes",
)

_HOMES = {
    "GenericOIDCClient": "client",
    "GenericOIDCClientConfig": "client",
    "InMemoryOIDCBFFTokenStore": "token_stores",
    "OIDCBFFConfig": "config",
    "OIDCBFFTokenStore": "token_stores",
    "OIDCProvider": "provider",
    "SharedOIDCBFFTokenStore": "shared_token_store",
    "pkce_pair": "pkce",
    "register_oidc_bff_routes": "routes",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
