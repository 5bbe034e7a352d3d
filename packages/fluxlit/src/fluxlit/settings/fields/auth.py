"""Tokens and login."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

__all__ = ("AuthFields",)


class AuthFields(BaseSettings):
    """JWT and OpenID Connect."""

    jwt_issuer: str = Field(default="", description="Issuer (`iss`) that access tokens must name.")
    jwt_audience: str = Field(default="", description="Audience (`aud`) that access tokens must name.")
    jwt_hs256_secret: SecretStr = Field(
        default=SecretStr(""), description="Shared secret of HS256 tokens; excludes `jwt_jwks_url`."
    )
    jwt_jwks_url: str = Field(default="", description="Address of the issuer's public keys (RS256 tokens).")
    jwt_leeway_seconds: int = Field(
        default=0, ge=0, description="Seconds by which clocks may differ when a token's times are checked."
    )
    oidc_bff_secret: SecretStr = Field(
        default=SecretStr(""), description="Secret that signs the application's own tokens after an OIDC login."
    )
