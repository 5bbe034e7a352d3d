"""An OpenID Connect login on an application's API, by its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from fluxlit.errors import ConfigurationError
from fluxlit_auth import OIDCBFFConfig, SharedOIDCBFFTokenStore, register_oidc_bff_routes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import APIRouter, FastAPI

    from fluxlit.settings import FluxlitSettings
    from fluxlit_auth import OIDCProvider
    from fluxlit_sessions import Sessions

__all__ = ("LoginOwner", "attach_login")


class LoginOwner(Protocol):
    """What a login needs of the application."""

    @property
    def api(self) -> FastAPI:
        """Where the routes are added."""
        ...

    @property
    def settings(self) -> FluxlitSettings:
        """Where secret, public URL and API prefix come from when they are not given."""
        ...

    @property
    def sessions(self) -> Sessions:
        """Has the store that logins share."""
        ...


def attach_login(
    owner: LoginOwner, oidc: OIDCProvider, *, first_party_secret: str | None, options: Mapping[str, Any]
) -> APIRouter:
    """Add the login's routes.

    Raises:
        ConfigurationError: There is no secret, neither given nor in the settings.
    """
    settings = owner.settings
    secret = first_party_secret or settings.oidc_bff_secret.get_secret_value()
    if not secret:
        raise ConfigurationError(
            "no secret for the login's own tokens: set FLUXLIT_OIDC_BFF_SECRET, or give first_party_secret=..."
        )
    defaults: dict[str, Any] = {"public_base_url": settings.public_base_url, "api_prefix": settings.api_mount_path}
    if settings.session_store.get_secret_value().strip():
        # Where a store is configured there may be several processes: any of them can finish a login then.
        defaults["bff_token_store"] = SharedOIDCBFFTokenStore(
            owner.sessions.store,
            state_ttl_seconds=options.get("state_ttl_seconds", 600),
            otc_ttl_seconds=options.get("otc_ttl_seconds", 120),
        )
    config = OIDCBFFConfig(oidc=oidc, first_party_secret=secret, **{**defaults, **options})
    return register_oidc_bff_routes(owner.api, config)
