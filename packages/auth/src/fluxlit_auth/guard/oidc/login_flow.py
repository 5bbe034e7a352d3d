"""A login from beginning to end: authorization code with PKCE, tied to the browser that began it.

`begin` leaves a secret with the browser and keeps, under the hash of `state`, where the browser wants to go; verifier
and nonce follow from the secret (see `fluxlit_auth.oidc.browser_binding`). `finish` accepts an answer once, from the
browser that began, of the issuer that was asked, and begins a session with a fresh secret.
"""

import hashlib
import secrets
import time
from typing import Any

from starlette.responses import RedirectResponse

from fluxlit_auth.guard.environment import GuardEnvironment
from fluxlit_auth.guard.oidc.cookies import LoginCookies
from fluxlit_auth.guard.oidc.login_sessions import Login, LoginSessions
from fluxlit_auth.guard.oidc.options import OIDCOptions
from fluxlit_auth.guard.oidc.user_claims import described_user
from fluxlit_auth.guard.request import GuardRequest
from fluxlit_auth.guard.return_address import safe_return_address
from fluxlit_auth.oidc.addresses import with_query
from fluxlit_auth.oidc.authlib_calls import code_challenge
from fluxlit_auth.oidc.browser_binding import new_browser_secret, nonce_for, verifier_for
from fluxlit_auth.oidc.client import GenericOIDCClient
from fluxlit_auth.oidc.errors import LoginRefusedError
from fluxlit_auth.oidc.login import NO_STORE_HEADERS
from fluxlit_auth.oidc.provider_errors import provider_error
from fluxlit_auth.oidc.redemption import ensure_discovery, redeem, verified_identity

__all__ = ("LoginFlow", "ProviderRules", "login_of")


class ProviderRules:
    """What decides whether an ID token is believed; see `LoginRules`.

    Args:
        method: The options.
        oidc: The provider.
    """

    id_token_audience = ""
    allow_unverified_id_token_for_custom_oidc = False

    def __init__(self, method: OIDCOptions, oidc: GenericOIDCClient) -> None:
        self.oidc = oidc
        self.id_token_leeway_seconds = method.leeway_seconds


class LoginFlow:
    """The two steps of a login.

    Args:
        method: The options.
        oidc: The provider.
        sessions: Where logins are kept.
        environment: Where the application is.
    """

    def __init__(
        self, method: OIDCOptions, oidc: GenericOIDCClient, sessions: LoginSessions, *, environment: GuardEnvironment
    ) -> None:
        self._method = method
        self._oidc = oidc
        self._rules = ProviderRules(method, oidc)
        self._sessions = sessions
        self._environment = environment
        self._cookies = LoginCookies(environment.options.public_base_url)

    async def begin(self, request: GuardRequest) -> RedirectResponse:
        """Send the browser to the provider, to come back to the address in `next`.

        Raises:
            LoginRefusedError: 502; the provider's configuration cannot be read now.
        """
        method = self._method
        await ensure_discovery(self._oidc)
        # A second tab continues with the same secret, so that either can finish.
        secret = self._cookies.read(request, "pending") or new_browser_secret()
        state = secrets.token_urlsafe(32)
        target = safe_return_address(request.query_params.get("next"), mount=request.mount)
        pending = {"browser": _hash(secret), "next": target}
        await self._environment.store.write(_key(state), pending, expected=None, ttl_seconds=method.login_seconds)
        url = self._oidc.authorization_url(
            redirect_uri=self._callback(request),
            state=state,
            code_challenge=code_challenge(verifier_for(secret, state)),
            scope=method.scope,
        )
        parameters = {"nonce": nonce_for(secret, state), **method.extra_parameters}
        response = RedirectResponse(with_query(url, parameters), 302, NO_STORE_HEADERS)
        self._cookies.set(request, response, "pending", value=secret, seconds=method.login_seconds)
        return response

    async def finish(self, request: GuardRequest) -> RedirectResponse:
        """Answer the provider's redirect back: begin a session, and on to where the browser wanted to go.

        Raises:
            LoginRefusedError: The provider said no, the login is not this browser's, or a step failed.
            KeysUnavailableError: The provider's keys cannot be had now.
        """
        parameters = request.query_params
        code, state = parameters.get("code"), parameters.get("state")
        if "error" in parameters:
            raise provider_error(parameters["error"])
        if not code or not state:
            raise LoginRefusedError(400, "Missing code or state")
        secret, target = await self._claimed(request, state)
        await ensure_discovery(self._oidc)
        if not self._oidc.accepts_response_issuer(parameters.get("iss")):
            raise LoginRefusedError(400, "Response of another issuer")  # RFC 9207 section 2.4: a mix-up attack
        verifier = verifier_for(secret, state)
        tokens = await redeem(self._rules, code=code, code_verifier=verifier, redirect_uri=self._callback(request))
        claims = await verified_identity(self._rules, tokens, nonce=nonce_for(secret, state))
        described = await described_user(self._method, self._oidc, claims, tokens=tokens)
        await self._end_former(request)
        login = login_of(self._method, claims, tokens, described=described)
        session = await self._sessions.begin(login)
        response = RedirectResponse(target, 302, NO_STORE_HEADERS)
        self._cookies.set(request, response, "session", value=session, seconds=self._method.absolute_seconds)
        self._cookies.set(request, response, "pending", value="", seconds=0)
        return response

    async def _claimed(self, request: GuardRequest, state: str) -> tuple[str, str]:
        """The browser's secret and where it wants to go, if this browser began the login with this state."""
        secret = self._cookies.read(request, "pending")
        if secret is not None:  # a stranger's request leaves the login as it is
            pending = await self._environment.store.read(_key(state))
            if pending is not None and pending.data.get("browser") == _hash(secret):
                taken = await self._environment.store.take(_key(state))
                if taken is not None:
                    return secret, str(taken["next"])
        raise LoginRefusedError(400, "Invalid or expired state")

    async def _end_former(self, request: GuardRequest) -> None:
        """A browser that logs in again leaves no session behind that nobody will ever end."""
        former = self._cookies.read(request, "session")
        found = None if former is None else await self._sessions.of_cookie(former)
        if found is not None and await self._sessions.end(found.name) is not None:
            await self._environment.revocations.announce([found.name])

    def _callback(self, request: GuardRequest) -> str:
        path = self._environment.options.api_prefix.rstrip("/") + self._method.callback_path
        return self._environment.address(request, path)


def login_of(
    method: OIDCOptions, claims: dict[str, Any], tokens: dict[str, Any], *, described: dict[str, Any] | None = None
) -> Login:
    """The login that verified claims and the provider's tokens make; `described` says more of the user."""
    lifetime = tokens.get("expires_in")
    seconds = float(lifetime) if isinstance(lifetime, int | float) and lifetime > 0 else method.absolute_seconds
    sid, refresh_token = claims.get("sid"), tokens.get("refresh_token")
    # Scopes are those that the provider granted, where it says so (RFC 6749 section 5.1).
    granted = {"scope": tokens["scope"]} if isinstance(tokens.get("scope"), str) else {}
    return Login(
        user=method.mapping.user({**granted, **(described or claims)}),
        issuer=str(claims["iss"]),
        subject=str(claims["sub"]),
        provider_session=sid if isinstance(sid, str) else "",
        id_token=str(tokens.get("id_token", "")),
        refresh_token=refresh_token if isinstance(refresh_token, str) else "",
        expires_at=time.time() + seconds,
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _key(state: str) -> str:
    return f"login-pending:{_hash(state)}"
