"""The end of a login by its user: here, in every open socket, and at the provider (OpenID Connect RP-Initiated Logout).

A page of another site cannot log a user out: browsers say where a request comes from.
"""

import logging

from starlette.responses import RedirectResponse

from fluxlit_auth.errors import CrossSiteError
from fluxlit_auth.guard.environment import GuardEnvironment
from fluxlit_auth.guard.oidc.cookies import LoginCookies
from fluxlit_auth.guard.oidc.login_sessions import Login, LoginSessions
from fluxlit_auth.guard.oidc.options import OIDCOptions
from fluxlit_auth.guard.request import GuardRequest
from fluxlit_auth.oidc.addresses import with_query
from fluxlit_auth.oidc.client import GenericOIDCClient
from fluxlit_auth.oidc.errors import LoginRefusedError
from fluxlit_auth.oidc.login import NO_STORE_HEADERS
from fluxlit_auth.oidc.redemption import ensure_discovery

__all__ = ("LogoutFlow",)

_log = logging.getLogger("fluxlit.auth")


class LogoutFlow:
    """Logs out.

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
        self._sessions = sessions
        self._environment = environment
        self._cookies = LoginCookies(environment.options.public_base_url)

    async def log_out(self, request: GuardRequest) -> RedirectResponse:
        """End the login of this browser, and send it to the provider's logout where there is one.

        Raises:
            CrossSiteError: A page of another site asks.
            LoginStoreError: The store does not answer.
        """
        if request.headers.get("sec-fetch-site", "none") == "cross-site":
            raise CrossSiteError("a logout asked for by another site")
        secret = self._cookies.read(request, "session")
        found = None if secret is None else await self._sessions.of_cookie(secret)
        login = None if found is None else await self._sessions.end(found.name)
        if found is not None and login is not None:
            await self._environment.revocations.announce([found.name])
        response = RedirectResponse(await self._next_stop(request, login), 303, NO_STORE_HEADERS)
        self._cookies.set(request, response, "session", value="", seconds=0)
        return response

    async def _next_stop(self, request: GuardRequest, login: Login | None) -> str:
        after = self._method.after_logout
        own = after if after.startswith("http") else self._environment.address(request, after)
        if login is None:
            return own
        try:
            await ensure_discovery(self._oidc)
        except LoginRefusedError:
            _log.warning("logged out here, but not at the provider, which cannot be reached")
            return own
        endpoint = self._oidc.metadata.end_session_endpoint
        if not endpoint:
            return own
        parameters = {"client_id": self._method.client_id, "post_logout_redirect_uri": own}
        if self._method.send_id_token_hint and login.id_token:
            parameters["id_token_hint"] = login.id_token
        return with_query(endpoint, parameters)
