"""Verifies ID tokens (OpenID Connect Core section 3.1.3.7)."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from joserfc.errors import JoseError

from fluxlit_auth.errors import InvalidTokenError
from fluxlit_auth.jwt.config import ASYMMETRIC_ALGORITHMS, JWTAuthConfig
from fluxlit_auth.jwt.key_source import KeySource
from fluxlit_auth.jwt.token_format import read_token_header
from fluxlit_auth.jwt.verification import TokenVerifier
from fluxlit_auth.oidc.authlib_calls import check_id_token_claims
from fluxlit_auth.oidc.discovery import ProviderMetadata
from fluxlit_auth.oidc.errors import IDTokenInvalidError

__all__ = ("RefreshingProvider", "verify_id_token", "verify_refreshed_id_token")

# ID tokens come in a body, not in a header, and may list hundreds of groups.
_TOKEN_BYTES: Final = 256 * 1024
# What providers sign with that do not say so.
_USUAL_ALGORITHMS: Final = frozenset({"RS256", "ES256", "ES384", "ES512"})


async def verify_id_token(  # a token, its issuer, and four facts about the login; three positional
    id_token: str,
    metadata: ProviderMetadata,
    keys: KeySource,
    *,
    audience: str,
    expected: Mapping[str, str | None],
    leeway_seconds: int,
) -> dict[str, Any]:
    """The claims of an ID token that proves a login. `sub` is left to the caller to miss.

    Args:
        id_token: The token.
        metadata: The provider that must have issued it.
        keys: The provider's keys.
        audience: What `aud` must contain.
        expected: `nonce`, and where there are any `client_id` (for `azp`) and `access_token` (for `at_hash`).
        leeway_seconds: Tolerated difference between the clocks, in seconds.

    Raises:
        IDTokenInvalidError: It does not.
        KeysUnavailableError: The provider's keys cannot be had now.
    """
    offered = set(metadata.id_token_signing_alg_values_supported) | _USUAL_ALGORITHMS
    config = JWTAuthConfig(
        issuer=metadata.issuer,
        audience=audience,
        algorithms=sorted(offered & ASYMMETRIC_ALGORITHMS),
        token_types=("JWT",),
        max_token_bytes=_TOKEN_BYTES,
    )
    options = {
        "iss": {"essential": True, "value": metadata.issuer},
        "aud": {"essential": True, "value": audience},
        "exp": {"essential": True},
    }
    try:
        claims = await TokenVerifier(config, keys).verified_claims(id_token)
        header = read_token_header(id_token, max_bytes=_TOKEN_BYTES, types=config.token_types)
        # A missing subject has an answer of its own; the other rules are checked all the same.
        checked = {"sub": "", **claims}
        check_id_token_claims(checked, {"alg": header.alg}, options=options, parameters=expected, leeway=leeway_seconds)
    except InvalidTokenError as error:
        raise IDTokenInvalidError(error.reason) from error
    except (JoseError, TypeError, ValueError) as error:
        raise IDTokenInvalidError(str(error)) from error
    return claims


class RefreshingProvider(Protocol):
    """What `verify_refreshed_id_token` needs of a provider; `GenericOIDCClient` is one."""

    @property
    def metadata(self) -> ProviderMetadata:
        """Its configuration."""
        ...

    @property
    def keys(self) -> KeySource:
        """Its keys."""
        ...

    @property
    def client_id(self) -> str:
        """Who we are to it."""
        ...


async def verify_refreshed_id_token(
    provider: RefreshingProvider, id_token: str, *, subject: str, leeway_seconds: int
) -> dict[str, Any]:
    """The claims of an ID token that came with refreshed tokens (OpenID Connect Core section 12.2).

    Args:
        provider: Who must have issued it.
        id_token: The token. It has no nonce, or that of the login.
        subject: Whom the login is about.
        leeway_seconds: Tolerated difference between the clocks, in seconds.

    Raises:
        IDTokenInvalidError: It is not the provider's, not for us, not valid, or about somebody else.
        KeysUnavailableError: The provider's keys cannot be had now.
    """
    client_id = provider.client_id
    claims = await verify_id_token(
        id_token,
        provider.metadata,
        provider.keys,
        audience=client_id,
        expected={"client_id": client_id},
        leeway_seconds=leeway_seconds,
    )
    if claims.get("sub") != subject:
        raise IDTokenInvalidError("the refreshed id_token is about somebody else")
    return claims
