"""What goes wrong in authentication: one tree, and the refusals carry their own HTTP answer.

    FluxlitAuthError
    ├── AuthConfigurationError (also a ValueError)   wrong options, found when the object is built
    └── RefusedError (also Starlette's HTTPException) an answer: status, `{"detail": …}`, headers
        ├── BearerTokenMissingError   401
        ├── InvalidTokenError         401
        │   └── TokenExpiredError     401
        ├── InsufficientScopeError    403
        ├── InsufficientRoleError     403
        └── KeysUnavailableError      503

FastAPI's own `HTTPException` derives from Starlette's, so FastAPI answers these without a handler of ours.
"""

from collections.abc import Mapping, Sequence

from starlette.exceptions import HTTPException

__all__ = (
    "AuthConfigurationError",
    "BearerTokenMissingError",
    "FluxlitAuthError",
    "InsufficientRoleError",
    "InsufficientScopeError",
    "InvalidTokenError",
    "KeysUnavailableError",
    "RefusedError",
    "TokenExpiredError",
)


class FluxlitAuthError(Exception):
    """Base of every error of this package."""


class AuthConfigurationError(FluxlitAuthError, ValueError):
    """Options that contradict each other, or a needed one that is missing."""


class RefusedError(FluxlitAuthError, HTTPException):
    """A request that is answered with an error instead of being served.

    Args:
        status_code: HTTP status of the answer.
        detail: The constant text that clients may compare.
        headers: Further headers of the answer.
        reason: Why, for logs; never sent to the client.
    """

    def __init__(
        self, status_code: int, detail: str, *, headers: Mapping[str, str] | None = None, reason: str = ""
    ) -> None:
        HTTPException.__init__(self, status_code=status_code, detail=detail, headers=headers)
        self.reason = reason or detail


class BearerTokenMissingError(RefusedError):
    """No usable `Authorization: Bearer …` header (RFC 6750 section 3: no error code without credentials)."""

    def __init__(self, detail: str = "Missing bearer token") -> None:
        super().__init__(401, detail, headers={"WWW-Authenticate": "Bearer"})


class InvalidTokenError(RefusedError):
    """A token that is malformed, forged, not meant for us or not valid now (RFC 6750 section 3.1)."""

    def __init__(self, reason: str, *, detail: str = "Invalid token") -> None:
        super().__init__(401, detail, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}, reason=reason)


class TokenExpiredError(InvalidTokenError):
    """A token whose `exp` has passed."""

    def __init__(self) -> None:
        super().__init__("the token has expired", detail="Token expired")


class InsufficientScopeError(RefusedError):
    """A valid token without all the scopes that the route needs (RFC 6750 section 3.1)."""

    def __init__(self, scopes: Sequence[str]) -> None:
        challenge = f'Bearer error="insufficient_scope", scope="{" ".join(scopes)}"'
        super().__init__(403, "Insufficient scope", headers={"WWW-Authenticate": challenge})


class InsufficientRoleError(RefusedError):
    """A valid token without any of the roles that the route accepts."""

    def __init__(self) -> None:
        super().__init__(403, "Insufficient role")


class KeysUnavailableError(RefusedError):
    """The issuer's keys cannot be had now, so nothing can be said about the token.

    Args:
        reason: What happened, for logs.
        retry_after: Seconds until another attempt makes sense.
    """

    def __init__(self, reason: str, *, retry_after: float) -> None:
        headers = {"Retry-After": str(max(1, round(retry_after)))}
        super().__init__(503, "Signing keys unavailable", headers=headers, reason=reason)
