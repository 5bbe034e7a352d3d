"""Tells every process of an application what has ended, so that none leaves a socket open for it.

A process announces the names of ended sessions and keys in one entry of the store; every process looks at that entry
twice a second, however many users there are, and closes the sockets that it holds for them. Requests need none of this:
each looks for its own session.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncGenerator, Callable, Collection, Iterable
from typing import Any, Final, cast

from starlette.types import Scope

from fluxlit_auth.errors import LoginStoreError
from fluxlit_auth.guard.shared_store import SharedStore

__all__ = ("LOOK_SECONDS", "SESSION_STATE_KEY", "Revocations", "SocketCloser")

SocketCloser = Callable[[Callable[[Scope], bool]], object]
"""Closes the open WebSockets whose opening scope matches: `Gateway.close_sockets`."""

SESSION_STATE_KEY: Final = "fluxlit_login"
"""Where `scope["state"]` has the name of what a request was let in by."""

LOOK_SECONDS: Final = 0.4
"""How often the entry is looked at: with the closing itself this stays within a second."""

_KEY: Final = "revocations"
_LIFETIME_SECONDS: Final = 3600.0
# More than can end between two looks; an entry of 100 KB.
_KEPT: Final = 1000

_log = logging.getLogger("fluxlit.auth")


class Revocations:
    """What has ended.

    Args:
        store: The store that all processes share.
    """

    def __init__(self, store: SharedStore) -> None:
        self._store = store
        self._close: SocketCloser | None = None
        self._seen: set[str] = set()

    async def announce(self, sessions: Collection[str]) -> None:
        """Close the sockets of these sessions here, and have the other processes do it.

        Raises:
            LoginStoreError: The store does not answer; here they are closed.
        """
        if not sessions:
            return
        self._close_sockets(sessions)
        events = [[secrets.token_hex(8), session] for session in sessions]

        def append(data: dict[str, Any]) -> dict[str, Any]:
            return {"events": [*_events(data), *events][-_KEPT:]}

        await self._store.change(_KEY, append, ttl_seconds=_LIFETIME_SECONDS)

    @contextlib.asynccontextmanager
    async def watching(self, close: SocketCloser) -> AsyncGenerator[None]:
        """Close sockets for what any process announces, while the block runs."""
        self._close = close
        task = asyncio.create_task(self._watch(), name="fluxlit-revocations")
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            self._close = None

    async def look(self) -> None:
        """Close sockets for what was announced since the last look.

        Raises:
            LoginStoreError: The store does not answer.
        """
        stored = await self._store.read(_KEY)
        events = [] if stored is None else _events(stored.data)
        fresh = [session for event, session in events if event not in self._seen]
        self._seen = {event for event, _session in events}
        if fresh:
            self._close_sockets(fresh)

    async def _watch(self) -> None:
        failing = False
        while True:
            try:
                await self.look()
                failing = False
            except LoginStoreError as error:
                if not failing:
                    _log.warning("revocations cannot be read: %s", error.reason)
                failing = True
            await asyncio.sleep(LOOK_SECONDS)

    def _close_sockets(self, sessions: Iterable[str]) -> None:
        ended = frozenset(sessions)

        def has_ended(scope: Scope) -> bool:
            return scope.get("state", {}).get(SESSION_STATE_KEY) in ended

        if self._close is not None:
            self._close(has_ended)


def _events(data: dict[str, Any]) -> list[tuple[str, str]]:
    events = cast("list[list[str]]", data.get("events", []))
    return [(event, session) for event, session in events]
