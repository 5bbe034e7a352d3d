"""The end of a login by the provider's word (OpenID Connect Back-Channel Logout 1.0): verified, used once, done."""

import hashlib
from typing import Any, Final
from urllib.parse import parse_qs

from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry

from fluxlit_auth.errors import InvalidTokenError
from fluxlit_auth.guard.environment import GuardEnvironment
from fluxlit_auth.guard.oidc.login_sessions import LoginSessions
from fluxlit_auth.guard.oidc.options import OIDCOptions
from fluxlit_auth.jwt.config import ASYMMETRIC_ALGORITHMS, JWTAuthConfig
from fluxlit_auth.jwt.verification import TokenVerifier
from fluxlit_auth.oidc.client import GenericOIDCClient
from fluxlit_auth.oidc.redemption import ensure_discovery

__all__ = ("BackchannelLogout",)

_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
# A token is good for this long after it was issued (section 2.6 leaves the time to us).
_LIFETIME_SECONDS: Final = 600.0


class BackchannelLogout:
    """Carries out logout tokens.

    Args:
        method: The options.
        oidc: The provider.
        sessions: Where logins are kept.
        environment: Tells other processes.
    """

    def __init__(
        self, method: OIDCOptions, oidc: GenericOIDCClient, sessions: LoginSessions, *, environment: GuardEnvironment
    ) -> None:
        self._method = method
        self._oidc = oidc
        self._sessions = sessions
        self._environment = environment

    async def carry_out(self, form: bytes) -> int:
        """End the logins that a logout token in a form names; how many there were.

        Raises:
            InvalidTokenError: There is none, or it is not the provider's, not for us, not valid, or was used before.
            KeysUnavailableError: The provider's keys cannot be had now.
            LoginRefusedError: The provider's configuration cannot be read now.
            LoginStoreError: The store does not answer.
        """
        given = parse_qs(form.decode("latin-1")).get("logout_token", [])
        if len(given) != 1:
            raise InvalidTokenError(f"the form has {len(given)} logout tokens")
        claims = await self._verified(given[0])
        issuer = str(claims["iss"])
        used = "login-jti:" + hashlib.sha256(f"{issuer}\n{claims['jti']}".encode()).hexdigest()
        if await self._environment.store.write(used, {}, expected=None, ttl_seconds=_LIFETIME_SECONDS * 2) is None:
            raise InvalidTokenError("the logout token was used before")
        names = await self._sessions.end_all(
            issuer, subject=str(claims.get("sub", "")), provider_session=str(claims.get("sid", ""))
        )
        await self._environment.revocations.announce(names)
        return len(names)

    async def _verified(self, token: str) -> dict[str, Any]:
        await ensure_discovery(self._oidc)
        config = JWTAuthConfig(
            issuer=self._oidc.issuer,
            audience=self._method.client_id,
            algorithms=sorted(ASYMMETRIC_ALGORITHMS),
            token_types=("logout+jwt", "JWT"),
        )
        claims = await TokenVerifier(config, self._oidc.keys).verified_claims(token)
        leeway = self._method.leeway_seconds
        registry = JWTClaimsRegistry(
            leeway=leeway,
            iss={"essential": True, "value": self._oidc.issuer},
            aud={"essential": True, "value": self._method.client_id},
            iat={"essential": True},
            jti={"essential": True},
        )
        try:
            registry.validate(claims)
        except JoseError as error:
            raise InvalidTokenError(f"the logout token is not valid: {error}") from error
        self._check_event(claims)
        return claims

    def _check_event(self, claims: dict[str, Any]) -> None:
        events, issued = claims.get("events"), claims.get("iat")
        # Section 2.4: without the event, or with a nonce, it is another kind of token in disguise.
        if not isinstance(events, dict) or _EVENT not in events or "nonce" in claims:
            raise InvalidTokenError("the token is no logout token")
        if not isinstance(issued, int | float) or self._sessions.now() - issued > _LIFETIME_SECONDS:
            raise InvalidTokenError("the logout token is too old")
        if not any(isinstance(claims.get(name), str) and claims[name] for name in ("sub", "sid")):
            raise InvalidTokenError("the logout token names neither a user nor a session")
