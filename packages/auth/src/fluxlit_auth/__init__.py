"""Identity for pages, sockets, files and API: JWT, OpenID Connect, forward-auth.

Names are imported when first used (PEP 562), so that `import fluxlit_auth` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fluxlit_auth.errors import AuthConfigurationError, FluxlitAuthError, RefusedError
    from fluxlit_auth.forward_auth import TrustedProxyUser, TrustedProxyUserConfig, proxy_user_header
    from fluxlit_auth.jwt import (
        AuthDependency,
        JWTAuthConfig,
        JWTBearer,
        RequireRoles,
        RequireScopes,
        StandardClaims,
        issue_hs256_access_token,
    )

__all__ = (
    "AuthConfigurationError",
    "AuthDependency",
    "FluxlitAuthError",
    "JWTAuthConfig",
    "JWTBearer",
    "RefusedError",
    "RequireRoles",
    "RequireScopes",
    "StandardClaims",
    "TrustedProxyUser",
    "TrustedProxyUserConfig",
    "issue_hs256_access_token",
    "proxy_user_header",
)

_HOMES = {
    "proxy_user_header": "forward_auth",
    "TrustedProxyUserConfig": "forward_auth",
    "TrustedProxyUser": "forward_auth",
    "AuthConfigurationError": "errors",
    "AuthDependency": "jwt",
    "FluxlitAuthError": "errors",
    "JWTAuthConfig": "jwt",
    "JWTBearer": "jwt",
    "RefusedError": "errors",
    "RequireRoles": "jwt",
    "RequireScopes": "jwt",
    "StandardClaims": "jwt",
    "issue_hs256_access_token": "jwt",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
