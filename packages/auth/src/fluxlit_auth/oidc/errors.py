"""What goes wrong between us and the identity provider. Those that end a login are answers, like all refusals."""

from fluxlit_auth.errors import FluxlitAuthError, RefusedError

__all__ = (
    "IDTokenInvalidError",
    "LoginRefusedError",
    "OIDCDiscoveryError",
    "OIDCNotDiscoveredError",
    "OIDCTokenEndpointError",
    "UserinfoError",
    "UserinfoRefusedError",
)


class OIDCDiscoveryError(FluxlitAuthError, ValueError):
    """The provider's configuration document is not one, or belongs to another issuer."""


class OIDCNotDiscoveredError(FluxlitAuthError, RuntimeError):
    """The client was used before it read the provider's configuration."""

    def __init__(self, issuer: str) -> None:
        super().__init__(f"the configuration of {issuer!r} was not read yet: call load_discovery_sync() first")


class OIDCTokenEndpointError(FluxlitAuthError):
    """The token endpoint answered with an OAuth error (RFC 6749 section 5.2).

    Args:
        error: Its code, such as `invalid_grant`.
        description: What the provider says about it; for logs.
    """

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"the token endpoint answered {error!r}: {description}")
        self.error = error


class IDTokenInvalidError(FluxlitAuthError):
    """An ID token that does not prove this login (OpenID Connect Core section 3.1.3.7)."""


class UserinfoError(FluxlitAuthError):
    """The userinfo endpoint gave no claims about the user (OpenID Connect Core section 5.3)."""


class UserinfoRefusedError(UserinfoError):
    """The provider does not accept the access token at its userinfo endpoint (section 5.3.3)."""


class LoginRefusedError(RefusedError):
    """A login that ends here. The text is constant: nothing that a URL carried is repeated."""

    def __init__(self, status_code: int, detail: str, *, reason: str = "") -> None:
        super().__init__(status_code, detail, headers={"Cache-Control": "no-store"}, reason=reason)
