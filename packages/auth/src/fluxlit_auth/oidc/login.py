"""`OIDCLogin`: the authorization code flow with PKCE, step by step, without any routing.

A login goes: `begin` sends the browser to the provider and leaves a cookie with it; the provider sends it back to
`finish`, which trades the code for an ID token, verifies that, and sends the browser on to a page with a one-time code;
the page trades that for a token of our own with `exchange`. What is kept between the steps is in the token store, each
entry for one use. What the browser must prove is in `browser_binding`.
"""

import secrets
import time
from collections.abc import Mapping
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse

from fluxlit_auth.jwt.issuing import issue_hs256_access_token
from fluxlit_auth.oidc.addresses import Addresses, with_query
from fluxlit_auth.oidc.authlib_calls import code_challenge
from fluxlit_auth.oidc.browser_binding import (
    browser_secret,
    cookie_name,
    new_auth_code,
    new_browser_secret,
    nonce_for,
    same,
    verifier_for,
)
from fluxlit_auth.oidc.config import OIDCBFFConfig
from fluxlit_auth.oidc.errors import LoginRefusedError
from fluxlit_auth.oidc.provider import DiscoveringProvider
from fluxlit_auth.oidc.provider_errors import provider_error
from fluxlit_auth.oidc.redemption import ensure_discovery, redeem, verified_identity
from fluxlit_auth.oidc.token_stores import InMemoryOIDCBFFTokenStore, OIDCBFFTokenStore

__all__ = ("NO_STORE_HEADERS", "OIDCLogin")

NO_STORE_HEADERS: Final = {"Cache-Control": "no-store", "Pragma": "no-cache", "Referrer-Policy": "no-referrer"}
"""On every answer of a login: its URL or body holds something secret (RFC 6749 section 5.1)."""


class OIDCLogin:
    """The steps of a login by one configuration.

    Args:
        config: The login's options.
        api_prefix: Where the API is below the public mount; empty if pages are not below it.
    """

    def __init__(self, config: OIDCBFFConfig, *, api_prefix: str) -> None:
        self._config = config
        self._addresses = Addresses(config.public_base_url, api_prefix)
        self._store: OIDCBFFTokenStore = config.bff_token_store or InMemoryOIDCBFFTokenStore(
            config.state_ttl_seconds, config.otc_ttl_seconds
        )

    async def begin(self, request: Request) -> RedirectResponse:
        """Send the browser to the provider.

        Raises:
            LoginRefusedError: 502; the provider's configuration cannot be read now.
        """
        config = self._config
        await ensure_discovery(config.oidc)
        # A second tab continues with the same secret, so that either can finish.
        secret = self._browser_secret(request) or new_browser_secret()
        state = secrets.token_urlsafe(32)
        verifier = verifier_for(secret, state)
        await run_in_threadpool(self._store.save_pkce_verifier, state, verifier, now=time.monotonic())
        url = config.oidc.authorization_url(
            redirect_uri=self._addresses.sibling(request, here=config.login_path, there=config.callback_path),
            state=state,
            code_challenge=code_challenge(verifier),
            scope=config.scope,
        )
        response = RedirectResponse(with_query(url, {"nonce": nonce_for(secret, state)}), 302, NO_STORE_HEADERS)
        secure = self._addresses.secure(request)
        response.set_cookie(
            cookie_name(config.login_cookie_name, secure=secure),
            secret,
            max_age=config.state_ttl_seconds,
            path="/",  # what the __Host- prefix demands; the pages' helper looks at the cookie as well
            secure=secure,
            httponly=True,
            samesite="lax",  # the provider's redirect back is a top-level navigation from another site
        )
        return response

    async def finish(self, request: Request) -> RedirectResponse:
        """Answer the provider's redirect back: on to the page with a one-time code.

        Raises:
            LoginRefusedError: The provider said no, the login is not this browser's, or a step failed.
            KeysUnavailableError: The provider's keys cannot be had now.
        """
        config, parameters = self._config, request.query_params
        code, state = parameters.get("code"), parameters.get("state")
        if "error" in parameters:
            raise provider_error(parameters["error"])
        if not code or not state:
            raise LoginRefusedError(400, "Missing code or state")
        secret, verifier = await self._claimed(request, state)
        await ensure_discovery(config.oidc)
        if isinstance(config.oidc, DiscoveringProvider) and not config.oidc.accepts_response_issuer(
            parameters.get("iss")
        ):
            raise LoginRefusedError(400, "Response of another issuer")  # RFC 9207 section 2.4: a mix-up attack
        redirect_uri = self._addresses.sibling(request, here=config.callback_path, there=config.callback_path)
        tokens = await redeem(config, code=code, code_verifier=verifier, redirect_uri=redirect_uri)
        claims = await verified_identity(config, tokens, nonce=nonce_for(secret, state))
        auth_code = new_auth_code(secret)
        await run_in_threadpool(
            self._store.save_exchange_token, auth_code, self._access_token(claims), now=time.monotonic()
        )
        page = self._addresses.page(request, config.streamlit_redirect_path, {"auth_code": auth_code})
        return RedirectResponse(page, 302, NO_STORE_HEADERS)

    async def exchange(self, auth_code: str) -> str:
        """The token of our own that a one-time code stands for, once.

        Raises:
            LoginRefusedError: 401; the code is unknown, too old or was used before.
        """
        token = await run_in_threadpool(self._store.pop_exchange_token, auth_code, now=time.monotonic())
        if token is None:
            raise LoginRefusedError(401, "Invalid or expired auth code")
        return token

    def _browser_secret(self, request: Request) -> str | None:
        secure = self._addresses.secure(request)
        return browser_secret(request.cookies, self._config.login_cookie_name, secure=secure)

    async def _claimed(self, request: Request, state: str) -> tuple[str, str]:
        """The browser's secret and the login's verifier, if this browser began the login with this state."""
        secret = self._browser_secret(request)
        if secret is not None:  # a stranger's request leaves the login as it is
            verifier = verifier_for(secret, state)
            stored = await run_in_threadpool(self._store.pop_pkce_verifier, state, now=time.monotonic())
            if stored is not None and same(stored, verifier):
                return secret, verifier
        raise LoginRefusedError(400, "Invalid or expired state")

    def _access_token(self, claims: Mapping[str, Any]) -> str:
        config = self._config
        return issue_hs256_access_token(
            subject=claims["sub"],
            issuer=config.token_issuer,
            audience=config.token_audience,
            secret=config.first_party_secret,
            ttl_seconds=config.access_token_ttl_seconds,
            extra_claims={name: claims[name] for name in config.copy_claims if name in claims},
        )
