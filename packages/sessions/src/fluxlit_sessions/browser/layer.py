"""`BrowserSessions`: the ASGI layer that gives each browser a session and tells pages which one it is.

A browser gets its cookie with the first page, or the first WebSocket. The session goes to the page in the header
`X-FluxLit-Session` of the private hop, and to the API in `scope["state"]["fluxlit_session"]`. Where the user has
changed since the cookie was issued, the session is rotated: what a visitor did before the login goes along, and nothing
of one user reaches another or outlives the logout.

Lifecycle: made with the gateway; the signing key is read from the store with the first request. `running` adds what
closes the sockets of revoked sessions. The store has another owner.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING, Any, Final

from fluxlit_sessions.browser.cookie import NOBODY, IssuedToken, SessionCookie
from fluxlit_sessions.browser.signing_key import signing_key
from fluxlit_sessions.errors import SessionError, SessionGoneError
from fluxlit_sessions.identifiers import new_session_id

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, MutableMapping

    from fluxlit_sessions.browser.options import BrowserSessionOptions
    from fluxlit_sessions.server_sessions.sessions import Sessions

    # Spelled out, because this package knows no framework: https://asgi.readthedocs.io/en/latest/specs/main.html
    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
    ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
    SocketCloser = Callable[[Callable[[Scope], bool]], object]

__all__ = ("BOUND_MARK", "SESSION_HEADER", "SESSION_STATE_KEY", "BrowserSessions")

SESSION_HEADER: Final = "X-FluxLit-Session"
"""Header of the private hop: the token; empty if the store did not answer."""

SESSION_STATE_KEY: Final = "fluxlit_session"
"""Where `scope["state"]` has the token, for endpoints."""

BOUND_MARK: Final = ";user"
"""Follows the token of a session that belongs to a user: it is in the store, or it has ended."""

_UNKNOWN_MARK: Final = "fluxlit_session_unknown"
# A store that answers may still refuse to write: then tabs are asked to come again no faster than this.
_COME_AGAIN_SECONDS: Final = 10.0

_HEADER: Final = SESSION_HEADER.lower().encode()
_LOGGER = logging.getLogger("fluxlit.sessions")


class BrowserSessions:
    """Gives browsers their sessions.

    Args:
        sessions: Of the application.
        options: How.
        user_of: Who is asking, by what other layers have put into the scope; `None` for nobody.
    """

    def __init__(
        self, sessions: Sessions, options: BrowserSessionOptions, *, user_of: Callable[[Scope], str | None]
    ) -> None:
        self._sessions = sessions
        self._options = options
        self._user_of = user_of
        self._cookie: SessionCookie | None = None
        self._is_failing = False
        self._sockets = 0
        self._sockets_without = 0
        self._ask_again_at = 0.0

    def layer(self, app: ASGIApp) -> ASGIApp:
        """The layer around an application."""

        async def with_session(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] in {"http", "websocket"}:
                send = await self._prepared(scope, send)
            is_socket = scope["type"] == "websocket"
            is_without = is_socket and _UNKNOWN_MARK in scope["state"]
            self._sockets += is_socket
            self._sockets_without += is_without
            try:
                await app(scope, receive, send)
            finally:
                self._sockets -= is_socket
                self._sockets_without -= is_without

        return with_session

    @contextlib.asynccontextmanager
    async def running(self, close_sockets: SocketCloser) -> AsyncGenerator[None]:
        """Close the open sockets of sessions that any process revokes, while the block runs.

        Also those that were opened while the store did not answer, as soon as it does: their tabs connect again by
        themselves, and get a session then.

        Args:
            close_sockets: Closes the WebSockets whose scope matches, as `Gateway.close_sockets`; called in any thread.
        """

        def close(keys: Collection[str]) -> None:
            def has_ended(scope: Scope) -> bool:
                token: object = scope.get("state", {}).get(SESSION_STATE_KEY)
                return isinstance(token, str) and self._sessions.key(token) in keys

            close_sockets(has_ended)

        def have_tabs_come_again() -> None:
            if self._sockets_without > 0 and time.monotonic() >= self._ask_again_at:
                self._ask_again_at = time.monotonic() + _COME_AGAIN_SECONDS
                close_sockets(lambda scope: _UNKNOWN_MARK in scope.get("state", {}))

        endings = self._sessions.endings
        async with endings.watching(close, is_needed=lambda: self._sockets > 0, on_answer=have_tabs_come_again):
            yield

    async def _prepared(self, scope: Scope, send: Send) -> Send:
        """Tell the rest of the request its session; what comes back sets the cookie if there is a new one."""
        is_page = self._is_page(scope)
        state: dict[str, Any] = scope.setdefault("state", {})
        onward: list[tuple[bytes, bytes]] = state.setdefault("upstream_headers", [])
        try:
            cookie = self._cookie or await self._made_cookie()
            issued = cookie.read(scope["headers"])
            owner = cookie.owner(self._user_of(scope))
            token = issued.token if issued is not None and issued.owner == owner else None
            if is_page and (token is None or (scope["type"] == "http" and await self._is_over(cookie, issued))):
                token = await self._fresh_token(scope, issued, owner)
                issued = None
        except (SessionError, TimeoutError) as error:
            self._complain(error)
            onward.append((_HEADER, b""))
            state[_UNKNOWN_MARK] = True
            return send
        self._is_failing = False
        if token is None:
            return send
        mark = "" if owner == NOBODY else BOUND_MARK
        state[SESSION_STATE_KEY] = token
        onward.append((_HEADER, f"{token}{mark}".encode()))
        if issued is not None:
            return send
        header = cookie.header(token, owner=owner, path=self._mount(scope), is_secure=self._is_secure(scope))
        return _setting(send, header)

    async def _made_cookie(self) -> SessionCookie:
        secret = self._options.secret.get_secret_value()
        key = await self._issued_in_time(signing_key, self._sessions.store, secret)
        self._cookie = SessionCookie(key, max_age_seconds=self._sessions.options.absolute_seconds)
        return self._cookie

    async def _is_over(self, cookie: SessionCookie, issued: IssuedToken | None) -> bool:
        """Whether a session has ended, so that the page begins another.

        The page itself finds out as well, with each run; it cannot set a cookie, though.
        """
        if issued is None:
            return True
        try:
            session = await _in_time(self._options.check_seconds, self._sessions.open_issued, issued.token)
        except SessionGoneError:
            return True
        except (SessionError, TimeoutError) as error:
            # The page comes all the same, and says that the store does not answer.
            self._complain(error)
            return False
        has_expired = cookie.age_seconds(issued) > self._sessions.options.idle_seconds or issued.owner != NOBODY
        return not session.is_stored and has_expired

    async def _fresh_token(self, scope: Scope, issued: IssuedToken | None, owner: str) -> str:
        """A token for whoever asks now; what a visitor left before the login goes along, what a user left does not."""
        user = self._user_of(scope)
        if issued is not None and issued.owner != owner:
            if issued.owner == NOBODY:
                rotated = await self._issued_in_time(self._taken_along, issued.token, user)
                if rotated is not None:
                    return rotated
            else:
                await self._issued_in_time(self._sessions.revoke, issued.token)
        if user is None:
            return new_session_id()
        return (await self._issued_in_time(lambda: self._sessions.create(user=user))).token

    def _taken_along(self, token: str, user: str | None) -> str | None:
        try:
            return self._sessions.rotate(self._sessions.open_issued(token), user=user).token
        except SessionGoneError:
            return None

    async def _issued_in_time(self, function: Callable[..., Any], *args: Any) -> Any:
        return await _in_time(self._options.issue_seconds, function, *args)

    def _is_page(self, scope: Scope) -> bool:
        path: str = scope["path"].removeprefix(self._mount(scope))
        if path == self._options.api_prefix or path.startswith(self._options.api_prefix + "/"):
            return False
        if scope["type"] == "websocket":
            return True
        # Assets, uploads and health checks of an open page have the page's cookie, or need none.
        return scope["method"] == "GET" and any(
            name == b"accept" and b"text/html" in value for name, value in scope["headers"]
        )

    def _mount(self, scope: Scope) -> str:
        # A trusted proxy may have told it; ASGI servers put it there as well.
        mount: str = scope.get("root_path") or self._options.root_mount
        return mount

    def _is_secure(self, scope: Scope) -> bool:
        return self._options.is_always_secure or scope.get("scheme") in {"https", "wss"}

    def _complain(self, error: Exception) -> None:
        level = logging.DEBUG if self._is_failing else logging.ERROR
        self._is_failing = True
        reason = str(error) or "no answer in time"
        _LOGGER.log(level, "the session store fails: %s", reason)


async def _in_time(seconds: float, function: Callable[..., Any], *args: Any) -> Any:
    async with asyncio.timeout(seconds):
        return await asyncio.to_thread(function, *args)


def _setting(send: Send, header: tuple[bytes, bytes]) -> Send:
    async def with_cookie(message: MutableMapping[str, Any]) -> None:
        if message["type"] in {"http.response.start", "websocket.accept"}:
            message = {**message, "headers": [*message.get("headers", ()), header]}
        await send(message)

    return with_cookie
