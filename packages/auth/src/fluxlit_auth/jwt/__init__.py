"""Bearer tokens: accept, require, issue."""

from fluxlit_auth.jwt.bearer import AuthDependency, JWTBearer
from fluxlit_auth.jwt.claims import StandardClaims
from fluxlit_auth.jwt.config import JWTAuthConfig
from fluxlit_auth.jwt.issuing import issue_hs256_access_token
from fluxlit_auth.jwt.requirements import RequireRoles, RequireScopes

__all__ = (
    "AuthDependency",
    "JWTAuthConfig",
    "JWTBearer",
    "RequireRoles",
    "RequireScopes",
    "StandardClaims",
    "issue_hs256_access_token",
)
