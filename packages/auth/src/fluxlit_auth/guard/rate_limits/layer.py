"""The layers that count requests and refuse those beyond a limit (RFC 6585 section 4), WebSockets before they open.

Limits by address stand in front of the guard, so that guessing is limited too; limits by user and key behind it, where
users are known. Counts are kept by the library `limits`: in this process, or in Redis for several.
"""

import logging
import time
from collections.abc import Sequence

from limits import parse_many
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from starlette.types import ASGIApp, Receive, Scope, Send

from fluxlit_auth.errors import TooManyAttemptsError
from fluxlit_auth.guard.environment import GuardOptions
from fluxlit_auth.guard.passing_on import USER_STATE_KEY
from fluxlit_auth.guard.rate_limits.rule import RateLimit
from fluxlit_auth.guard.refusals import refuse
from fluxlit_auth.guard.request import GuardRequest
from fluxlit_auth.guard.revocations import SESSION_STATE_KEY
from fluxlit_auth.identity.user import User

__all__ = ("RateLimits",)

_log = logging.getLogger("fluxlit.auth")


class RateLimits:
    """Counts requests.

    Args:
        limits: The limits.
        options: Where the application is.
        storage: Where counts are kept; by default in this process.
    """

    def __init__(self, limits: Sequence[RateLimit], options: GuardOptions, storage: Storage | None = None) -> None:
        self._limits = tuple((limit, tuple(parse_many(limit.text))) for limit in limits)
        self._options = options
        self._limiter = MovingWindowRateLimiter(storage or MemoryStorage())

    def layer(self, app: ASGIApp) -> ASGIApp:
        """The layer around an application."""

        async def limited(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] in {"http", "websocket"}:
                options = self._options
                request = GuardRequest(
                    scope, root_mount=options.root_mount, trust_forwarded_host=options.trust_forwarded_host
                )
                try:
                    await self._count(request)
                except TooManyAttemptsError as error:
                    _log.warning("refused %s %s: %s", request.method, request.app_path, error.reason)
                    if request.is_socket:
                        await receive()  # websocket.connect
                    await refuse(request, send, error)
                    return
            await app(scope, receive, send)

        return limited

    async def _count(self, request: GuardRequest) -> None:
        path = request.app_path
        if path in self._options.open_paths:
            return
        prefix = self._options.api_prefix.rstrip("/")
        is_api = path == prefix or path.startswith(prefix + "/")
        for number, (limit, items) in enumerate(self._limits):
            who = _whose(request, limit) if limit.concerns(path, request.method, is_api=is_api) else ""
            if not who:
                continue
            for item in items:
                try:
                    admitted = await self._limiter.hit(item, str(number), who)
                    stats = None if admitted else await self._limiter.get_window_stats(item, str(number), who)
                except StorageError:
                    # A store that is down takes no service down with it.
                    _log.exception("requests cannot be counted")
                    return
                if stats is not None:
                    wait = stats.reset_time - time.time()
                    raise TooManyAttemptsError(f"{who} has made {item}", retry_after=wait)


def _whose(request: GuardRequest, limit: RateLimit) -> str:
    state = request.scope.get("state", {})
    user, session = state.get(USER_STATE_KEY), str(state.get(SESSION_STATE_KEY, ""))
    if limit.by == "key":
        return session if session.startswith("key:") else ""
    if limit.by == "user" and isinstance(user, User):
        return f"user {user.id!r}"
    return f"address {request.client_host!r}"
