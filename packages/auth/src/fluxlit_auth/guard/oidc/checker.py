"""`OIDCChecker`: recognises browsers by the cookie of their login, and answers the login's own paths."""

import contextlib
import json
import logging
from collections.abc import AsyncGenerator
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Send

from fluxlit_auth.errors import InvalidTokenError, RefusedError
from fluxlit_auth.guard.environment import GuardEnvironment
from fluxlit_auth.guard.method import Identity
from fluxlit_auth.guard.oidc.backchannel import BackchannelLogout
from fluxlit_auth.guard.oidc.cookies import LoginCookies
from fluxlit_auth.guard.oidc.login_flow import LoginFlow
from fluxlit_auth.guard.oidc.login_sessions import LoginSessions
from fluxlit_auth.guard.oidc.logout_flow import LogoutFlow
from fluxlit_auth.guard.oidc.options import OIDCOptions
from fluxlit_auth.guard.oidc.refreshing import Refreshing
from fluxlit_auth.guard.request import GuardRequest
from fluxlit_auth.oidc.client import GenericOIDCClient, GenericOIDCClientConfig

__all__ = ("OIDCChecker",)

_log = logging.getLogger("fluxlit.auth")

# A logout token of a real provider has some 1 KB.
_FORM_BYTES: Final = 64 * 1024


class OIDCChecker:
    """Looks for logins, and lets users log in and out.

    Args:
        method: The options.
        environment: What methods share.
    """

    challenge = ""

    def __init__(self, method: OIDCOptions, environment: GuardEnvironment) -> None:
        self._method = method
        self._environment = environment
        self._cookies = LoginCookies(environment.options.public_base_url)
        client = GenericOIDCClientConfig(
            issuer=method.issuer,
            client_id=method.client_id,
            client_secret=method.client_secret,
            http_timeout=method.http_timeout,
        )
        oidc = GenericOIDCClient(client)
        self._sessions = LoginSessions(
            environment.store, idle_seconds=method.idle_seconds, absolute_seconds=method.absolute_seconds
        )
        self._login = LoginFlow(method, oidc, self._sessions, environment=environment)
        self._logout = LogoutFlow(method, oidc, self._sessions, environment=environment)
        self._backchannel = BackchannelLogout(method, oidc, self._sessions, environment=environment)
        self._refreshing = Refreshing(method, oidc, self._sessions, environment=environment)
        prefix = environment.options.api_prefix.rstrip("/")
        self._paths = {
            prefix + method.login_path: ("GET",),
            prefix + method.callback_path: ("GET",),
            prefix + method.logout_path: ("GET", "POST"),
            prefix + method.backchannel_path: ("POST",),
        }
        self._handlers = dict(zip(self._paths, (self._begin, self._finish, self._log_out, self._end), strict=True))

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """See `RunningChecker`."""
        async with self._refreshing.running():
            yield

    async def authenticate(self, request: GuardRequest) -> Identity | None:
        """See `Checker`."""
        secret = self._cookies.read(request, "session")
        found = None if secret is None else await self._sessions.of_cookie(secret)
        if found is None:
            return None
        await self._sessions.touch(found)
        self._refreshing.consider(found)
        return Identity(found.login.user, ambient=True, session=found.name)

    def login_url(self, request: GuardRequest) -> str:
        """See `LoginChecker`."""
        path = self._environment.options.api_prefix.rstrip("/") + self._method.login_path
        return f"{quote(request.mount)}{path}?next={quote(request.here, safe='/')}"

    def serves(self, path: str) -> bool:
        """See `LoginChecker`."""
        return path in self._paths

    async def serve(self, request: GuardRequest, receive: Receive, send: Send) -> None:
        """See `LoginChecker`."""
        allowed = self._paths[request.app_path]
        if request.method not in allowed:
            response = Response(status_code=405, headers={"Allow": ", ".join(allowed)})
        else:
            response = await self._handlers[request.app_path](request, receive)
        await response(request.scope, receive, send)

    async def _begin(self, request: GuardRequest, receive: Receive) -> Response:
        del receive
        return await self._login.begin(request)

    async def _finish(self, request: GuardRequest, receive: Receive) -> Response:
        del receive
        address = request.client_host
        await self._environment.throttle.admit(address)
        try:
            return await self._login.finish(request)
        except RefusedError:
            # Made-up codes and states are guesses.
            await self._environment.throttle.failed(address)
            raise

    async def _log_out(self, request: GuardRequest, receive: Receive) -> Response:
        del receive
        return await self._logout.log_out(request)

    async def _end(self, request: GuardRequest, receive: Receive) -> Response:
        """Answer the provider (Back-Channel Logout section 2.8)."""
        body = b""
        async for chunk in Request(request.scope, receive).stream():
            body += chunk
            if len(body) > _FORM_BYTES:
                return Response(status_code=413)
        headers = {"Cache-Control": "no-store"}
        try:
            ended = await self._backchannel.carry_out(body)
        except InvalidTokenError as error:
            _log.warning("a logout token was refused: %s", error.reason)
            return Response(json.dumps({"error": "invalid_request"}), 400, headers, media_type="application/json")
        _log.info("the provider ended %d logins", ended)
        return Response(status_code=200, headers=headers)
