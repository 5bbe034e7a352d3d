"""What goes wrong in authentication: one tree, and the refusals carry their own HTTP answer.

    FluxlitAuthError
    ├── AuthConfigurationError (also a ValueError)   wrong options, found when the object is built
    └── RefusedError (also Starlette's HTTPException) an answer: status, `{"detail": …}`, headers
        ├── BearerTokenMissingError   401
        ├── InvalidTokenError         401
        │   └── TokenExpiredError     401
        ├── InsufficientScopeError    403
        ├── InsufficientRoleError     403
        ├── NotLoggedInError          401
        ├── CredentialsRefusedError   401
        ├── NotAllowedError           403
        ├── CrossSiteError            403
        ├── TooManyAttemptsError      429
        ├── KeysUnavailableError      503
        └── LoginStoreError           503

FastAPI's own `HTTPException` derives from Starlette's, so FastAPI answers these without a handler of ours.
"""

import math
from collections.abc import Mapping, Sequence

from starlette.exceptions import HTTPException

__all__ = (
    "AuthConfigurationError",
    "BearerTokenMissingError",
    "CredentialsRefusedError",
    "CrossSiteError",
    "FluxlitAuthError",
    "InsufficientRoleError",
    "InsufficientScopeError",
    "InvalidTokenError",
    "KeysUnavailableError",
    "LoginStoreError",
    "NotAllowedError",
    "NotLoggedInError",
    "RefusedError",
    "TokenExpiredError",
    "TooManyAttemptsError",
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


class NotLoggedInError(RefusedError):
    """Nobody has shown who they are, and somebody has to.

    Args:
        challenges: What would be accepted (RFC 9110 section 11.6.1).
    """

    def __init__(self, challenges: Sequence[str] = ("Bearer",)) -> None:
        super().__init__(401, "Authentication required", headers={"WWW-Authenticate": ", ".join(challenges)})


class CredentialsRefusedError(RefusedError):
    """A name and password, or a key, that are not accepted. The answer does not say which part is wrong.

    Args:
        reason: What was wrong, for logs.
        challenge: What would be accepted.
    """

    def __init__(self, reason: str, *, challenge: str) -> None:
        super().__init__(401, "Invalid credentials", headers={"WWW-Authenticate": challenge}, reason=reason)


class NotAllowedError(RefusedError):
    """A user who does not meet the requirements of what was asked for."""

    def __init__(self) -> None:
        super().__init__(403, "Not allowed")


class CrossSiteError(RefusedError):
    """A page of another site made a browser send a request with its user's identity (CSRF)."""

    def __init__(self, reason: str) -> None:
        super().__init__(403, "Cross-site request refused", reason=reason)


class TooManyAttemptsError(RefusedError):
    """More requests, or failed logins, than admitted (RFC 6585 section 4).

    Args:
        reason: Which limit, for logs.
        retry_after: Seconds until the next one is admitted.
    """

    def __init__(self, reason: str, *, retry_after: float) -> None:
        headers = {"Retry-After": str(max(1, math.ceil(retry_after)))}
        super().__init__(429, "Too many requests", headers=headers, reason=reason)


class LoginStoreError(RefusedError):
    """The store of login sessions does not answer, so nobody can be told from anybody."""

    def __init__(self, reason: str) -> None:
        super().__init__(503, "Login sessions unavailable", headers={"Retry-After": "5"}, reason=reason)
