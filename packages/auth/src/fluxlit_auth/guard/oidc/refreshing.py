"""Keeps logins fresh in the background: shortly before the provider's tokens expire they are renewed.

A provider that rotates refresh tokens takes the second use of one for theft and ends everything, so one process alone
may refresh a login: it writes into the store that it does. Nobody waits for it; a provider that says no ends the login,
one that cannot be reached is asked again.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from typing import Any, Final

from starlette.concurrency import run_in_threadpool

from fluxlit_auth.errors import InvalidTokenError, LoginStoreError
from fluxlit_auth.guard.environment import GuardEnvironment
from fluxlit_auth.guard.oidc.login_flow import login_of
from fluxlit_auth.guard.oidc.login_sessions import Login, LoginSessions, StoredLogin
from fluxlit_auth.guard.oidc.options import OIDCOptions
from fluxlit_auth.guard.oidc.user_claims import described_user
from fluxlit_auth.oidc.client import GenericOIDCClient
from fluxlit_auth.oidc.errors import IDTokenInvalidError, LoginRefusedError, OIDCTokenEndpointError
from fluxlit_auth.oidc.id_token import verify_refreshed_id_token
from fluxlit_auth.oidc.redemption import ensure_discovery

__all__ = ("Refreshing",)

_log = logging.getLogger("fluxlit.auth")

# Longer than a request to a slow provider takes; after that another process may try.
_CLAIM_SECONDS: Final = 60.0
# How often logins with open sockets alone, which send no requests, are looked at.
_LOOK_SECONDS: Final = 5.0
# RFC 6749 section 5.2: what says that the refresh token, or we, are no longer welcome.
_FINAL: Final = frozenset({"invalid_grant", "invalid_client", "unauthorized_client"})


class Refreshing:
    """Renews logins.

    Args:
        method: The options.
        oidc: The provider.
        sessions: Where logins are kept.
        environment: Knows which logins have open sockets.
    """

    def __init__(
        self, method: OIDCOptions, oidc: GenericOIDCClient, sessions: LoginSessions, *, environment: GuardEnvironment
    ) -> None:
        self._method = method
        self._oidc = oidc
        self._sessions = sessions
        self._environment = environment
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def consider(self, found: StoredLogin) -> None:
        """Begin to renew a login in the background if it is time and nobody does."""
        login, now = found.login, self._sessions.now()
        is_due = login.expires_at - now <= self._method.refresh_ahead_seconds
        if not login.refresh_token or not is_due or login.claimed_until > now or found.name in self._tasks:
            return
        task = asyncio.create_task(self._renew(found), name="fluxlit-refresh")
        self._tasks[found.name] = task
        task.add_done_callback(lambda _task: self._tasks.pop(found.name, None))

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Look after logins that have open sockets, while the block runs; then wait for what is under way."""
        looking = asyncio.create_task(self._look_after_sockets(), name="fluxlit-logins")
        try:
            yield
        finally:
            looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await looking
            # A rotated refresh token that is not written down is lost; the client's time limit bounds this.
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _look_after_sockets(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            with contextlib.suppress(LoginStoreError):  # the watch for revocations says so
                await self.look()

    async def look(self) -> None:
        """Renew what is due among the logins with open sockets, and close the sockets of those that have ended.

        Raises:
            LoginStoreError: The store does not answer.
        """
        ended: list[str] = []
        for name in [each for each in self._environment.live if each.startswith("login:")]:
            found = await self._sessions.named(name)
            if found is None:
                ended.append(name)
            else:
                await self._sessions.touch(found)
                self.consider(found)
        await self._environment.revocations.announce(ended)

    async def _renew(self, found: StoredLogin) -> None:
        try:
            claim = found.login.model_copy(update={"claimed_until": self._sessions.now() + _CLAIM_SECONDS})
            claimed = await self._sessions.replace(found, claim)
            if claimed is not None:  # else another process was faster
                await self._refresh(claimed)
        except LoginStoreError as error:
            _log.warning("a login was not renewed: %s", error.reason)

    async def _refresh(self, found: StoredLogin) -> None:
        try:
            await ensure_discovery(self._oidc)
            tokens = await run_in_threadpool(self._oidc.refresh, found.login.refresh_token)
            login = await self._renewed(found, tokens)
        except (OIDCTokenEndpointError, IDTokenInvalidError, InvalidTokenError) as error:
            if isinstance(error, OIDCTokenEndpointError) and error.error not in _FINAL:
                _log.warning("a login was not renewed: %s", error)
                return
            _log.info("a login ends, as the provider does not renew it: %s", error)
            await self._sessions.end(found.name)
            await self._environment.revocations.announce([found.name])
        except LoginRefusedError as error:
            _log.warning("a login was not renewed: %s", error.reason)
        except Exception:  # noqa: BLE001 - whatever an HTTP library raises, the login goes on and is tried again
            _log.warning("a login was not renewed: the provider failed", exc_info=True)
        else:
            if await self._sessions.replace(found, login) is None:
                # Touched meanwhile by a request, or ended; only the new tokens must not get lost.
                current = await self._sessions.named(found.name)
                if current is not None:
                    await self._sessions.replace(current, login)

    async def _renewed(self, found: StoredLogin, tokens: dict[str, Any]) -> Login:
        login = found.login
        kept = {"id_token": login.id_token, "refresh_token": login.refresh_token}
        merged = {**kept, **{name: value for name, value in tokens.items() if value}}
        if not tokens.get("id_token"):
            fresh = login_of(self._method, {"iss": login.issuer, "sub": login.subject}, merged)
            kept_up = {"refresh_token": fresh.refresh_token, "expires_at": fresh.expires_at, "claimed_until": 0.0}
            return login.model_copy(update=kept_up)
        claims = await verify_refreshed_id_token(
            self._oidc, str(tokens["id_token"]), subject=login.subject, leeway_seconds=self._method.leeway_seconds
        )
        described = await described_user(self._method, self._oidc, claims, tokens=merged)
        fresh = login_of(self._method, claims, merged, described=described)
        session = fresh.provider_session or login.provider_session
        return fresh.model_copy(update={"created_at": login.created_at, "provider_session": session})
