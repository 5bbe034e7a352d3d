"""`TokenVerifier`: from a token's text to its claims, or a refusal.

The order is that of RFC 8725: form and size, algorithm, key, signature, then claims. Everything that a token can do
wrong ends in `InvalidTokenError`; only keys that cannot be fetched are not the token's fault.
"""

from collections.abc import Sequence
from typing import Any

from joserfc import jwt
from joserfc.errors import BadSignatureError, ExpiredTokenError, JoseError
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry
from pydantic import ValidationError

from fluxlit_auth.errors import InvalidTokenError, TokenExpiredError
from fluxlit_auth.jwt.claims import StandardClaims
from fluxlit_auth.jwt.config import JWTAuthConfig
from fluxlit_auth.jwt.key_source import KeySource
from fluxlit_auth.jwt.token_format import StrictJSONDecoder, read_token_header

__all__ = ("TokenVerifier", "verify_signature")


class TokenVerifier:
    """Verifies tokens by one configuration and one source of keys.

    Args:
        config: What a token must say.
        keys: What it is verified with.
    """

    def __init__(self, config: JWTAuthConfig, keys: KeySource) -> None:
        self._config = config
        self._keys = keys

    async def verify(self, token: str) -> StandardClaims:
        """The claims of a token.

        Raises:
            TokenExpiredError: Its `exp` has passed.
            InvalidTokenError: Anything else is wrong with it.
            KeysUnavailableError: The issuer's keys cannot be had now.
        """
        claims = await self.verified_claims(token)
        self._check_claims(claims)
        try:
            return StandardClaims.model_validate(claims)
        except ValidationError as error:
            raise InvalidTokenError(f"the claims are malformed: {error}") from error

    async def verified_claims(self, token: str) -> dict[str, Any]:
        """The claims of a token whose signature is right; the claims themselves are not looked at."""
        config = self._config
        header = read_token_header(token, max_bytes=config.max_token_bytes, types=config.token_types)
        if header.alg not in config.algorithms:
            raise InvalidTokenError(f"the token is signed with {header.alg!r}; accepted are {config.algorithms!r}")
        tried = await self._keys.candidates(header)
        claims = verify_signature(token, tried, header.alg)
        if claims is None:
            claims = verify_signature(token, await self._keys.candidates_after_miss(header, tried), header.alg)
        if claims is None:
            raise InvalidTokenError(f"no key fits the signature (kid {header.kid!r}, alg {header.alg!r})")
        return claims

    def _check_claims(self, claims: dict[str, Any]) -> None:
        registry = JWTClaimsRegistry(
            leeway=self._config.leeway_seconds,
            iss={"essential": True, "value": self._config.issuer},
            aud={"essential": True, "values": list(self._config.audiences)},
            exp={"essential": True},
        )
        try:
            registry.validate(claims)
        except ExpiredTokenError as error:
            raise TokenExpiredError from error
        except JoseError as error:
            raise InvalidTokenError(str(error)) from error


def verify_signature(token: str, keys: Sequence[Key], alg: str) -> dict[str, Any] | None:
    """The payload of `token` if one of `keys` verifies it, `None` if none does.

    Raises:
        InvalidTokenError: The token is malformed, whatever the key.
    """
    registry = _TokenRegistry(algorithms=[alg], strict_check_header=False)
    for key in keys:
        try:
            return jwt.decode(token, key, registry=registry, decoder_cls=StrictJSONDecoder).claims
        except BadSignatureError:
            continue
        # What a library's parser makes of hostile input is not only its own errors.
        except (
            JoseError,
            ArithmeticError,
            AttributeError,
            LookupError,
            RecursionError,
            TypeError,
            ValueError,
        ) as error:
            raise InvalidTokenError(f"the token cannot be read: {error!r}") from error
    return None


class _TokenRegistry(JWSRegistry):
    """joserfc's registry for tokens whose size is limited before they get here.

    Unknown headers are ignored, as RFC 7515 section 4 says; certificate chains (`x5c`) need room.
    """

    max_header_length = 16 * 1024
    max_payload_length = 1024 * 1024

    def get_alg(self, name: str) -> Any:
        """The algorithm; "EdDSA" without the warning that RFC 9864 renamed it, as issuers still write it."""
        if name == "EdDSA" and name in (self.allowed or ()):
            return self.algorithms[name]
        return super().get_alg(name)
