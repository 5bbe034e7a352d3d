"""Login with OpenID Connect. `register_oidc_bff_routes` is imported when first used, as it needs FastAPI."""

from typing import TYPE_CHECKING, Any

from fluxlit_auth.oidc.client import GenericOIDCClient, GenericOIDCClientConfig
from fluxlit_auth.oidc.config import OIDCBFFConfig
from fluxlit_auth.oidc.pkce import pkce_pair
from fluxlit_auth.oidc.provider import OIDCProvider
from fluxlit_auth.oidc.shared_token_store import SharedOIDCBFFTokenStore
from fluxlit_auth.oidc.token_stores import InMemoryOIDCBFFTokenStore, OIDCBFFTokenStore

if TYPE_CHECKING:
    from fluxlit_auth.oidc.routes import register_oidc_bff_routes

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


def __getattr__(name: str) -> Any:
    if name != "register_oidc_bff_routes":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from fluxlit_auth.oidc.routes import register_oidc_bff_routes  # noqa: PLC0415  # FastAPI only where it is used

    return register_oidc_bff_routes
