"""`JWTBearer`: the dependency that turns `Authorization: Bearer …` into claims."""

from typing import Any, Protocol, Self

from pydantic import SecretStr
from starlette.requests import HTTPConnection

from fluxlit_auth.errors import AuthConfigurationError, BearerTokenMissingError
from fluxlit_auth.jwt.claims import StandardClaims
from fluxlit_auth.jwt.config import ASYMMETRIC_ALGORITHMS, HMAC_ALGORITHMS, JWTAuthConfig
from fluxlit_auth.jwt.jwks import PublishedKeys
from fluxlit_auth.jwt.key_source import KeySource, SharedSecrets
from fluxlit_auth.jwt.verification import TokenVerifier

__all__ = ("AuthDependency", "JWTBearer", "JWTSettings", "bearer_token")


class AuthDependency(Protocol):
    """What `RequireScopes` and `RequireRoles` build on: a FastAPI dependency that gives claims or refuses."""

    async def __call__(self, request: Any, /) -> StandardClaims:
        """The claims of the caller of a Starlette `Request`, or `WebSocket`."""
        ...


class JWTSettings(Protocol):
    """The settings that `JWTBearer.from_fluxlit_settings` reads (`FLUXLIT_JWT_…`)."""

    @property
    def jwt_issuer(self) -> str: ...  # noqa: D102  # named like the setting
    @property
    def jwt_audience(self) -> str: ...  # noqa: D102  # named like the setting
    @property
    def jwt_hs256_secret(self) -> str | SecretStr: ...  # noqa: D102  # named like the setting
    @property
    def jwt_jwks_url(self) -> str: ...  # noqa: D102  # named like the setting
    @property
    def jwt_leeway_seconds(self) -> int: ...  # noqa: D102  # named like the setting


class JWTBearer:
    """A FastAPI dependency that gives the claims of the bearer token, on HTTP and WebSocket routes.

        bearer = JWTBearer(JWTAuthConfig(issuer="https://id.example", audience="orders", jwks_url="https://…"))

        @app.get("/me")
        async def me(claims: Annotated[StandardClaims, Depends(bearer)]) -> str: ...

    Refusals are answers (`fluxlit_auth.errors`): 401 for a token that is missing, malformed, expired or not for us, 503
    while the issuer's keys cannot be had.

    Args:
        config: What tokens must say and what they are verified with.
        keys: Another source of keys than those of `config`.

    Raises:
        AuthConfigurationError: Nothing to verify with, or a secret without HS256 among the algorithms.
    """

    def __init__(self, config: JWTAuthConfig, *, keys: KeySource | None = None) -> None:
        self.config = config
        self._verifier = TokenVerifier(config, keys or _key_source(config))

    @classmethod
    def from_fluxlit_settings(cls, settings: JWTSettings) -> Self:
        """A bearer by `FLUXLIT_JWT_…`: HS256 with a secret, RS256 with a JWKS URL.

        Raises:
            AuthConfigurationError: Both or neither of them are set, or issuer or audience is missing.
        """
        given, jwks_url = settings.jwt_hs256_secret, settings.jwt_jwks_url
        secret = given.get_secret_value() if isinstance(given, SecretStr) else given
        if secret and jwks_url:
            raise AuthConfigurationError("set FLUXLIT_JWT_HS256_SECRET or FLUXLIT_JWT_JWKS_URL, not both")
        if not secret and not jwks_url:
            raise AuthConfigurationError("set FLUXLIT_JWT_HS256_SECRET or FLUXLIT_JWT_JWKS_URL to verify tokens")
        for name, value in (("ISSUER", settings.jwt_issuer), ("AUDIENCE", settings.jwt_audience)):
            if not value:
                raise AuthConfigurationError(f"FLUXLIT_JWT_{name} is empty: set what tokens must carry")
        config = JWTAuthConfig(
            issuer=settings.jwt_issuer,
            audience=settings.jwt_audience,
            algorithms=["HS256"] if secret else ["RS256"],
            hs256_secret=secret or None,
            jwks_url=jwks_url or None,
            leeway_seconds=settings.jwt_leeway_seconds,
        )
        return cls(config)

    async def __call__(self, request: HTTPConnection) -> StandardClaims:
        """The claims of the caller.

        Raises:
            BearerTokenMissingError: No bearer token.
            InvalidTokenError: A token that is not accepted.
            KeysUnavailableError: The issuer's keys cannot be had now.
        """
        return await self.verify(bearer_token(request))

    async def verify(self, token: str) -> StandardClaims:
        """The claims of a token that came another way than in the header."""
        return await self._verifier.verify(token)


def bearer_token(request: HTTPConnection) -> str:
    """The token of `Authorization: Bearer …`; the scheme's case does not matter (RFC 9110 section 11.1).

    Raises:
        BearerTokenMissingError: No such header, another scheme, or nothing behind it.
    """
    scheme, space, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not space:
        raise BearerTokenMissingError
    if not token.strip():
        raise BearerTokenMissingError("Empty bearer token")
    return token.strip()


def _key_source(config: JWTAuthConfig) -> KeySource:
    if config.secrets:
        if not HMAC_ALGORITHMS & set(config.algorithms):
            raise AuthConfigurationError(
                f"hs256_secret is set but algorithms are {config.algorithms!r}: add 'HS256' or drop the secret"
            )
        return SharedSecrets(config.secrets)
    if config.jwks_url is None:
        raise AuthConfigurationError("set jwks_url or hs256_secret: without one no token can be verified")
    if not ASYMMETRIC_ALGORITHMS & set(config.algorithms):
        raise AuthConfigurationError(
            f"jwks_url is set but algorithms are {config.algorithms!r}: add RS256, PS256, ES256 or EdDSA"
        )
    return PublishedKeys(config.jwks_url)
