"""`JWT`: bearer tokens of an issuer that the application trusts, for programs and for proxies that add them."""

from fluxlit_auth.errors import BearerTokenMissingError
from fluxlit_auth.guard.environment import GuardEnvironment
from fluxlit_auth.guard.method import Identity
from fluxlit_auth.guard.request import GuardRequest
from fluxlit_auth.identity.claims_mapping import ClaimsMapping
from fluxlit_auth.jwt.bearer import JWTBearer, bearer_token
from fluxlit_auth.jwt.config import JWTAuthConfig

__all__ = ("JWT", "JWTChecker")


class JWT:
    """Tokens in `Authorization: Bearer …`.

    Args:
        config: Which tokens are accepted; or a `JWTBearer` that knows.
        mapping: Which claims say who the user is.
    """

    def __init__(self, config: JWTAuthConfig | JWTBearer, *, mapping: ClaimsMapping | None = None) -> None:
        self.bearer = JWTBearer(config) if isinstance(config, JWTAuthConfig) else config
        self.mapping = mapping or ClaimsMapping()

    def checker(self, environment: GuardEnvironment) -> "JWTChecker":
        """See `AuthMethod`."""
        del environment
        return JWTChecker(self.bearer, self.mapping)


class JWTChecker:
    """Looks for bearer tokens.

    Args:
        bearer: Verifies them.
        mapping: Which claims say who the user is.
    """

    challenge = "Bearer"

    def __init__(self, bearer: JWTBearer, mapping: ClaimsMapping) -> None:
        self._bearer = bearer
        self._mapping = mapping

    async def authenticate(self, request: GuardRequest) -> Identity | None:
        """See `Checker`."""
        try:
            token = bearer_token(request)
        except BearerTokenMissingError:
            return None
        claims = await self._bearer.verify(token)
        return Identity(self._mapping.user(claims.model_dump(exclude_none=True)), ambient=False)
