"""The documented module path of bearer tokens; the code is `fluxlit_auth`'s."""

from fluxlit_auth import (
    JWTAuthConfig,
    JWTBearer,
    RequireRoles,
    RequireScopes,
    StandardClaims,
    issue_hs256_access_token,
)

__all__ = (
    "JWTAuthConfig",
    "JWTBearer",
    "RequireRoles",
    "RequireScopes",
    "StandardClaims",
    "issue_hs256_access_token",
)
