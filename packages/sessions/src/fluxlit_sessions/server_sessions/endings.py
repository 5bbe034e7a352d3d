"""Tells every process of an application which sessions were revoked, so that none leaves a socket open for one.

Whoever revokes writes the session's key into one entry of the store; a process with open sockets looks at that entry
twice a second, however many sockets there are. Requests and runs need none of this: each looks for its own session.

Lifecycle: `announce` works at any time; `watching` looks while its block runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from typing import TYPE_CHECKING, Any, Final, cast

from fluxlit_sessions.errors import SessionError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection

    from fluxlit_sessions.protocols import AsyncSessionStore
    from fluxlit_sessions.server_sessions.records import SessionRecords

    Listener = Callable[[Collection[str]], object]

__all__ = ("LOOK_SECONDS", "Endings")

LOOK_SECONDS: Final = 0.4
"""How often the entry is looked at, so that sockets are closed within a second."""

_LIFETIME_SECONDS: Final = 3600.0
# More than can end between two looks; an entry of 100 KB.
_KEPT: Final = 1000
_MAX_ATTEMPTS: Final = 100
_LOGGER = logging.getLogger("fluxlit.sessions")


class Endings:
    """The revoked sessions of an application.

    Args:
        records: Where they are.
        token_here: The token of the session that the calling code works for; empty for none.
    """

    def __init__(self, records: SessionRecords, token_here: Callable[[], str]) -> None:
        self._records = records
        self._token_here = token_here
        self._entry = f"{records.options.prefix}ended"
        self._listeners: list[Listener] = []

    def announce(self, keys: Collection[str]) -> None:
        """Tell the watchers of this process at once, and those of others at their next look.

        Raises:
            StoreUnavailableError: The store does not answer; this process was told.
        """
        # Whoever ends their own session still has something to say on its socket, and Streamlit loses what a run shows
        # while that closes. It stays open, and the next run finds the session gone.
        token = self._token_here()
        own = self._records.key(token) if token else ""
        keys = [key for key in keys if key != own]
        if not keys:
            return
        for listener in tuple(self._listeners):
            listener(frozenset(keys))
        store = self._records.store
        added = [[secrets.token_hex(8), key] for key in keys]
        for _ in range(_MAX_ATTEMPTS):
            stored = store.get_versioned(self._entry)
            events = [*_events(None if stored is None else stored.data), *added][-_KEPT:]
            expected = None if stored is None else stored.version
            if store.compare_and_set(self._entry, {"events": events}, expected=expected, ttl_seconds=_LIFETIME_SECONDS):
                return
        raise StoreUnavailableError(f"the list of ended sessions was changed by others {_MAX_ATTEMPTS} times")

    @contextlib.asynccontextmanager
    async def watching(
        self, listener: Listener, *, is_needed: Callable[[], bool], on_answer: Callable[[], object] = bool
    ) -> AsyncGenerator[None]:
        """Tell `listener` the keys of sessions that any process has revoked, while the block runs.

        Args:
            listener: Called in any thread, and sometimes twice with the same key.
            is_needed: Whether it is worth looking.
            on_answer: Called whenever the store has answered.
        """
        face = self._records.store.async_face()
        self._listeners.append(listener)
        task = asyncio.create_task(
            self._watch(face, listener, is_needed, on_answer=on_answer), name="fluxlit-ended-sessions"
        )
        try:
            yield
        finally:
            self._listeners.remove(listener)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await face.close()

    async def _watch(
        self,
        face: AsyncSessionStore,
        listener: Listener,
        is_needed: Callable[[], bool],
        *,
        on_answer: Callable[[], object],
    ) -> None:
        seen: set[str] = set()
        is_failing = False
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if not is_needed():
                continue
            try:
                events = _events(await face.get(self._entry))
            except SessionError as error:
                if not is_failing:
                    _LOGGER.warning("ended sessions cannot be read: %s", error)
                is_failing = True
                continue
            is_failing = False
            on_answer()
            if due := frozenset(key for event, key in events if event not in seen):
                listener(due)
            seen = {event for event, _key in events}


def _events(data: dict[str, Any] | None) -> list[list[str]]:
    return cast("list[list[str]]", (data or {}).get("events", []))
