"""From an authorization code to verified claims: the requests to the provider, and what each failure is answered."""

import inspect
import logging
from functools import partial
from typing import Any, Final, Protocol

from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry
from starlette.concurrency import run_in_threadpool

from fluxlit_auth.errors import InvalidTokenError
from fluxlit_auth.jwt.token_format import read_unverified_claims
from fluxlit_auth.oidc.errors import IDTokenInvalidError, LoginRefusedError, OIDCTokenEndpointError
from fluxlit_auth.oidc.provider import DiscoveringProvider, IDTokenVerifier, OIDCProvider

__all__ = ("LoginRules", "ensure_discovery", "redeem", "verified_identity")

_log = logging.getLogger("fluxlit.auth")

_ID_TOKEN_BYTES: Final = 256 * 1024


class LoginRules(Protocol):
    """What decides whether a login is believed; `OIDCBFFConfig` is one."""

    @property
    def oidc(self) -> OIDCProvider:
        """The identity provider."""
        ...

    @property
    def id_token_audience(self) -> str:
        """`aud` of ID tokens; empty for the client id."""
        ...

    @property
    def id_token_leeway_seconds(self) -> int:
        """Tolerated difference of clocks, in seconds."""
        ...

    @property
    def allow_unverified_id_token_for_custom_oidc(self) -> bool:
        """Whether to believe ID tokens of a provider object that cannot verify them."""
        ...


async def ensure_discovery(provider: object) -> None:
    """Read the provider's configuration if that was not done yet.

    Raises:
        LoginRefusedError: 502; it cannot be read now.
    """
    if not isinstance(provider, DiscoveringProvider) or provider.discovered:
        return
    try:
        await run_in_threadpool(provider.load_discovery_sync)
    except Exception as error:  # a provider object may be anyone's; whatever it raises, this login cannot go on
        _log.exception("the identity provider's configuration cannot be read")
        raise LoginRefusedError(502, "Identity provider unavailable", reason=repr(error)) from error


async def redeem(config: LoginRules, *, code: str, code_verifier: str, redirect_uri: str) -> dict[str, Any]:
    """The provider's tokens for a code.

    Raises:
        LoginRefusedError: 400 for a code that the provider does not accept, 502 for everything else.
    """
    exchange = config.oidc.exchange_code
    call = partial(exchange, code=code, code_verifier=code_verifier, redirect_uri=redirect_uri)
    try:
        answer = call() if inspect.iscoroutinefunction(exchange) else await run_in_threadpool(call)
        tokens = await answer if inspect.isawaitable(answer) else answer
    except OIDCTokenEndpointError as error:
        _log.warning("%s", error)
        if error.error == "invalid_grant":  # RFC 6749 section 5.2: the code is unknown, expired or was used before
            raise LoginRefusedError(400, "Authorization code not accepted", reason=str(error)) from error
        raise LoginRefusedError(502, "IdP token request failed", reason=str(error)) from error
    except Exception as error:  # as above
        _log.exception("the identity provider's token endpoint failed")
        raise LoginRefusedError(502, "IdP token request failed", reason=repr(error)) from error
    return tokens


async def verified_identity(config: LoginRules, tokens: dict[str, Any], *, nonce: str) -> dict[str, Any]:
    """The claims of the ID token among `tokens`, with a subject.

    Raises:
        LoginRefusedError: 502; there is none, it is not valid, or it names nobody. 500 if it cannot be verified at all.
        KeysUnavailableError: The provider's keys cannot be had now.
    """
    id_token = tokens.get("id_token")
    if not isinstance(id_token, str) or not id_token:
        raise LoginRefusedError(502, "IdP response missing id_token")
    try:
        claims = await _claims(config, tokens, nonce=nonce)
    except (IDTokenInvalidError, InvalidTokenError, JoseError) as error:
        _log.warning("an id_token was refused: %s", getattr(error, "reason", error))
        raise LoginRefusedError(502, "Invalid id_token", reason=str(error)) from error
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise LoginRefusedError(502, "id_token missing sub")
    return claims


async def _claims(config: LoginRules, tokens: dict[str, Any], *, nonce: str) -> dict[str, Any]:
    provider, leeway = config.oidc, config.id_token_leeway_seconds
    id_token, access_token = str(tokens["id_token"]), tokens.get("access_token")
    if isinstance(provider, IDTokenVerifier):
        return await provider.verify_id_token(
            id_token,
            nonce=nonce,
            audience=config.id_token_audience,
            leeway_seconds=leeway,
            access_token=access_token if isinstance(access_token, str) else None,
        )
    if not config.allow_unverified_id_token_for_custom_oidc:
        detail = "The OIDC provider object cannot verify id_tokens"
        reason = "give it verify_id_token(), or set allow_unverified_id_token_for_custom_oidc"
        _log.error("%s: %s", detail, reason)
        raise LoginRefusedError(500, detail, reason=reason)
    claims = read_unverified_claims(id_token, max_bytes=_ID_TOKEN_BYTES)
    JWTClaimsRegistry(leeway=leeway).validate(claims)
    if claims.get("nonce", nonce) != nonce:
        raise IDTokenInvalidError("the id_token has another login's nonce")
    return claims
