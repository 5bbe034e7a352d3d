"""`JWTAuthConfig`: which tokens are accepted."""

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

__all__ = ("ACCEPTED_TOKEN_TYPES", "ASYMMETRIC_ALGORITHMS", "HMAC_ALGORITHMS", "JWTAuthConfig")

HMAC_ALGORITHMS: Final = frozenset({"HS256", "HS384", "HS512"})
"""Signed with a secret that the verifier knows as well."""

ASYMMETRIC_ALGORITHMS: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
)
"""Signed with a private key, verified with a published one (RFC 7518 section 3.1, RFC 8037, RFC 9864)."""

ACCEPTED_TOKEN_TYPES: Final = ("JWT", "at+jwt")
"""RFC 7519 section 5.1 and RFC 9068 section 2.1. Anything else is a token made for another purpose (a logout token, a
DPoP proof), which must not pass as an access token (RFC 8725 section 3.11)."""

# Tokens of real issuers stay below 10 KiB; uvicorn itself stops at 64 KiB of headers.
_TOKEN_BYTES: Final = 16 * 1024


def _named(audience: str | list[str]) -> str | list[str]:
    # Without a name in it, every token's audience would do.
    if not audience or ("" in audience and isinstance(audience, list)):
        raise ValueError(f"{audience!r} names no audience; give what `aud` must be")
    return audience


def _known_algorithms(names: list[str]) -> list[str]:
    unknown = [name for name in names if name not in HMAC_ALGORITHMS | ASYMMETRIC_ALGORITHMS]
    if unknown:
        known = ", ".join(sorted(HMAC_ALGORITHMS | ASYMMETRIC_ALGORITHMS))
        raise ValueError(f"{unknown!r} cannot be used to verify tokens; use some of {known}")
    return names


class JWTAuthConfig(BaseModel):
    """Which tokens are accepted, and what they are verified with.

    Give `hs256_secret` or `jwks_url`; where both are given, the secret alone is used.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str = Field(min_length=1, description="The `iss` that a token must have.")
    audience: Annotated[str | list[str], AfterValidator(_named)] = Field(
        description="The `aud` that a token must have, or several of which one is enough."
    )
    algorithms: Annotated[list[str], AfterValidator(_known_algorithms)] = Field(
        default=["RS256"], min_length=1, description="Signature algorithms that are accepted (RFC 7518 section 3.1)."
    )
    jwks_url: str | None = Field(
        default=None, pattern=r"^https?://", description="Where the issuer publishes its keys (RFC 7517 section 5)."
    )
    hs256_secret: str | list[str] | None = Field(
        default=None,
        repr=False,
        description="The shared secret for HS256. A list is for rotation: the first one signs, each one verifies.",
    )
    leeway_seconds: int = Field(default=0, ge=0, description="Tolerated difference between the clocks, in seconds.")
    token_types: Sequence[str] = Field(
        default=ACCEPTED_TOKEN_TYPES, description="Accepted `typ` headers, case aside; a token without one is accepted."
    )
    max_token_bytes: int = Field(
        default=_TOKEN_BYTES, ge=256, description="Longer tokens are refused unread, in bytes."
    )

    @property
    def audiences(self) -> list[str]:
        """`audience` as a list."""
        return [self.audience] if isinstance(self.audience, str) else self.audience

    @property
    def secrets(self) -> list[str]:
        """`hs256_secret` as a list, without empty ones."""
        given = [self.hs256_secret] if isinstance(self.hs256_secret, str) else self.hs256_secret or []
        return [secret for secret in given if secret]
