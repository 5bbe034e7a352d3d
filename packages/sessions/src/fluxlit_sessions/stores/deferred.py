"""A store that is opened when it is first used: naming one in a setting touches no file and no server.

Lifecycle: made closed; the first operation opens it; `close` closes what was opened, and the next use opens it anew, so
that one application object can be started and stopped several times.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any, Self

from fluxlit_sessions.stores.faces import AsyncFace, in_a_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType

    from fluxlit_sessions.protocols import AsyncSessionStore, AtomicSessionStore, StoredSession

__all__ = ("DeferredSessionStore",)


class DeferredSessionStore:
    """An `AtomicSessionStore` that stands for another one.

    Args:
        opener: Opens the store; called by the thread that comes first. What it raises reaches the user of the store,
            and the next use tries again.
    """

    def __init__(self, opener: Callable[[], AtomicSessionStore]) -> None:
        self._opener = opener
        # Guards the two below: several pages may be first at once, and a forked process opens its own.
        self._lock = threading.Lock()
        self._store: AtomicSessionStore | None = None
        self._pid = os.getpid()

    @property
    def store(self) -> AtomicSessionStore:
        """The store itself, opened if it was not."""
        store = self._store
        if store is not None and self._pid == os.getpid():
            return store
        with self._lock:
            if self._store is None or self._pid != os.getpid():
                self._store, self._pid = self._opener(), os.getpid()
            return self._store

    @property
    def is_open(self) -> bool:
        """Whether it has been used since it was made or closed."""
        return self._store is not None

    def get(self, sid: str) -> dict[str, Any] | None:
        """See `SessionStore.get`."""
        return self.store.get(sid)

    def set(self, sid: str, data: Mapping[str, Any], *, ttl_seconds: float | None = None) -> None:
        """See `SessionStore.set`."""
        self.store.set(sid, data, ttl_seconds=ttl_seconds)

    def delete(self, sid: str) -> None:
        """See `SessionStore.delete`."""
        self.store.delete(sid)

    def get_versioned(self, sid: str) -> StoredSession | None:
        """See `AtomicSessionStore.get_versioned`."""
        return self.store.get_versioned(sid)

    def pop(self, sid: str) -> dict[str, Any] | None:
        """See `AtomicSessionStore.pop`."""
        return self.store.pop(sid)

    def compare_and_set(
        self, sid: str, data: Mapping[str, Any], *, expected: str | None, ttl_seconds: float | None = None
    ) -> str | None:
        """See `AtomicSessionStore.compare_and_set`."""
        return self.store.compare_and_set(sid, data, expected=expected, ttl_seconds=ttl_seconds)

    def touch(self, sid: str, *, ttl_seconds: float | None = None) -> bool:
        """See `AtomicSessionStore.touch`."""
        return self.store.touch(sid, ttl_seconds=ttl_seconds)

    def iterate(self, prefix: str = "") -> Iterator[str]:
        """See `AtomicSessionStore.iterate`."""
        return self.store.iterate(prefix)

    def purge(self) -> int:
        """See `AtomicSessionStore.purge`."""
        return self.store.purge()

    def async_face(self) -> AsyncSessionStore:
        """The same store for coroutines; calls run in worker threads, so that opening it blocks nobody either."""
        return AsyncFace(self, in_a_thread)

    def close(self) -> None:
        """Close what was opened; the next use opens it anew."""
        with self._lock:
            store, self._store = self._store, None
            if store is not None and self._pid == os.getpid():
                store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.close()
