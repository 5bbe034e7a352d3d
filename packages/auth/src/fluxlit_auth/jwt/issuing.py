"""`issue_hs256_access_token`: tokens of our own, for tests, scripts and the OpenID Connect login."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from joserfc import jwt

from fluxlit_auth.errors import AuthConfigurationError
from fluxlit_auth.jwt.key_source import import_secret

__all__ = ("issue_hs256_access_token",)


def issue_hs256_access_token(
    *,
    subject: str,
    issuer: str,
    audience: str | list[str],
    secret: str | Sequence[str],
    ttl_seconds: int,
    extra_claims: Mapping[str, Any] | None = None,
) -> str:
    """A signed token with `sub`, `iss`, `aud`, `iat` and `exp`.

    Args:
        subject: Whom it is about.
        issuer: Who issues it.
        audience: Whom it is meant for.
        secret: The shared secret; of several, the first one signs.
        ttl_seconds: How long it is valid, in seconds from now.
        extra_claims: Further claims; they win over the five.

    Raises:
        AuthConfigurationError: No secret, or one that cannot be used.
    """
    signing = secret if isinstance(secret, str) else next(iter(secret), "")
    if not signing:
        raise AuthConfigurationError("secret is empty: give the secret that tokens are signed with")
    now = int(time.time())
    claims: dict[str, Any] = {"sub": subject, "iss": issuer, "aud": audience, "iat": now, "exp": now + ttl_seconds}
    return jwt.encode({"alg": "HS256"}, {**claims, **(extra_claims or {})}, import_secret(signing))
