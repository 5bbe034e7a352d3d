"""Async faces for stores whose calls are synchronous: run inline where nothing waits, in a thread where a file does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from fluxlit_sessions.protocols import AtomicSessionStore, StoredSession

__all__ = ("AsyncFace", "in_a_thread", "inline")

_P = ParamSpec("_P")
_T = TypeVar("_T")


class _Runner(Protocol):
    async def __call__(self, function: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> _T: ...


async def inline(function: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Call it here: for what takes microseconds."""
    return function(*args, **kwargs)


async def in_a_thread(function: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Call it in a worker thread of the event loop."""
    return await asyncio.to_thread(function, *args, **kwargs)


class AsyncFace:
    """`AsyncSessionStore` on top of a synchronous store, which keeps owning its files.

    Args:
        store: The store.
        run: How its methods are called: `inline` or `in_a_thread`.
    """

    def __init__(self, store: AtomicSessionStore, run: _Runner) -> None:
        self._store = store
        self._run = run

    async def get(self, sid: str) -> dict[str, Any] | None:
        """See `SessionStore.get`."""
        return await self._run(self._store.get, sid)

    async def set(self, sid: str, data: Mapping[str, Any], *, ttl_seconds: float | None = None) -> None:
        """See `SessionStore.set`."""
        await self._run(self._store.set, sid, data, ttl_seconds=ttl_seconds)

    async def delete(self, sid: str) -> None:
        """See `SessionStore.delete`."""
        await self._run(self._store.delete, sid)

    async def get_versioned(self, sid: str) -> StoredSession | None:
        """See `AtomicSessionStore.get_versioned`."""
        return await self._run(self._store.get_versioned, sid)

    async def pop(self, sid: str) -> dict[str, Any] | None:
        """See `AtomicSessionStore.pop`."""
        return await self._run(self._store.pop, sid)

    async def compare_and_set(
        self, sid: str, data: Mapping[str, Any], *, expected: str | None, ttl_seconds: float | None = None
    ) -> str | None:
        """See `AtomicSessionStore.compare_and_set`."""
        return await self._run(self._store.compare_and_set, sid, data, expected=expected, ttl_seconds=ttl_seconds)

    async def touch(self, sid: str, *, ttl_seconds: float | None = None) -> bool:
        """See `AtomicSessionStore.touch`."""
        return await self._run(self._store.touch, sid, ttl_seconds=ttl_seconds)

    async def iterate(self, prefix: str = "") -> AsyncIterator[str]:
        """See `AtomicSessionStore.iterate`; reads all ids before the first is handed out."""
        for sid in await self._run(lambda: list(self._store.iterate(prefix))):
            yield sid

    async def purge(self) -> int:
        """See `AtomicSessionStore.purge`."""
        return await self._run(self._store.purge)

    async def close(self) -> None:
        """Nothing to give back: the store itself stays open."""
