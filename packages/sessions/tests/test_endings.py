"""What closes the sockets of sessions that have ended, in this process and in others; and of tabs that have none."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from fluxlit_sessions import (
    BrowserSessionOptions,
    BrowserSessions,
    InMemorySessionStore,
    Sessions,
    SQLiteSessionStore,
    StoreUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator
    from pathlib import Path

SECONDS = 60


class Replica:
    """A gateway with open sockets, as far as sessions need one."""

    def __init__(self, store: Any, **options: Any) -> None:
        self.sessions = Sessions(store, **options)
        self._browsers = BrowserSessions(
            self.sessions, BrowserSessionOptions(), user_of=lambda scope: scope["state"].get("user")
        )
        self._open: list[tuple[dict[str, Any], asyncio.Event]] = []

    @contextlib.asynccontextmanager
    async def tab(self, *, user: str | None = None) -> AsyncGenerator[asyncio.Event]:
        """Open a socket; what is given is set when the gateway closes it."""
        closed, accepted, left = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def page(scope: Any, receive: Any, send: Any) -> None:
            del receive, send
            self._open.append((scope, closed))
            accepted.set()
            await left.wait()

        async def nothing(*_: Any) -> Any:
            """Neither reads nor writes."""

        scope: dict[str, Any] = {"type": "websocket", "path": "/_stcore/stream", "scheme": "ws", "headers": []}
        app = self._browsers.layer(page)

        async def serve() -> None:
            await app({**scope, "state": {"user": user}}, nothing, nothing)

        serving = asyncio.create_task(serve())
        async with asyncio.timeout(SECONDS):
            await accepted.wait()
        try:
            yield closed
        finally:
            left.set()
            await serving

    def token_of_first_tab(self) -> str:
        scope, _ = self._open[0]
        return scope["state"]["fluxlit_session"]

    def running(self) -> contextlib.AbstractAsyncContextManager[None]:
        return self._browsers.running(self._close)

    def _close(self, matches: Callable[[Any], bool]) -> None:
        for scope, closed in self._open:
            if matches(scope):
                closed.set()


@pytest.fixture
def replicas(tmp_path: Path) -> Iterator[tuple[Replica, Replica]]:
    with SQLiteSessionStore(tmp_path / "s.db") as one, SQLiteSessionStore(tmp_path / "s.db") as other:
        yield Replica(one), Replica(other)


async def test_whoever_revokes_all_of_a_user_closes_their_sockets_on_every_replica(
    replicas: tuple[Replica, Replica],
) -> None:
    here, there = replicas
    async with contextlib.AsyncExitStack() as stack:
        for replica in replicas:
            await stack.enter_async_context(replica.running())
        adas = [await stack.enter_async_context(replica.tab(user="ada")) for replica in replicas]
        others = [
            await stack.enter_async_context(replica.tab(user=user)) for replica in replicas for user in ("bob", None)
        ]
        last = await stack.enter_async_context(there.tab(user="last"))

        assert await asyncio.to_thread(here.sessions.revoke_user, "ada") == 2
        assert await asyncio.to_thread(here.sessions.revoke_user, "last") == 1

        async with asyncio.timeout(SECONDS):
            for closed in (*adas, last):
                await closed.wait()
        assert not any(closed.is_set() for closed in others)


async def test_whoever_ends_their_own_session_keeps_the_socket_to_say_so() -> None:
    token = ""
    replica = Replica(InMemorySessionStore(), token_here=lambda: token)
    async with replica.running(), replica.tab(user="ada") as own, replica.tab(user="ada") as other:
        token = replica.token_of_first_tab()

        assert replica.sessions.revoke_user("ada") == 2

        async with asyncio.timeout(SECONDS):
            await other.wait()
        assert not own.is_set()


async def test_a_tab_that_was_opened_while_the_store_was_down_is_asked_to_come_again() -> None:
    class Store(InMemorySessionStore):
        is_down = True

        def get_versioned(self, sid: str) -> Any:
            if self.is_down:
                raise StoreUnavailableError("down")
            return super().get_versioned(sid)

    store = Store()
    replica = Replica(store)
    async with replica.running(), replica.tab() as without:
        assert not without.is_set()
        store.is_down = False
        async with replica.tab() as served, asyncio.timeout(SECONDS):
            await without.wait()
            assert not served.is_set()
