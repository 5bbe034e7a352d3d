"""Sessions in this process's memory: for development, tests and a single sidecar. All is lost when the process ends."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from fluxlit_sessions.errors import StoreClosedError
from fluxlit_sessions.stores.encoded import DEFAULT_TTL_SECONDS, EncodedStore, Encoding, Record
from fluxlit_sessions.stores.expiry_wheel import ExpiryWheel
from fluxlit_sessions.stores.faces import AsyncFace, inline
from fluxlit_sessions.values.codec import DEFAULT_MAX_BYTES, SessionCodec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fluxlit_sessions.encryption import SessionEncryption
    from fluxlit_sessions.protocols import AsyncSessionStore

__all__ = ("InMemorySessionStore",)

# How many expired sessions each write clears away: more than it adds, so they never pile up, and still constant time.
_CLEARED_PER_WRITE = 4


class InMemorySessionStore(EncodedStore):
    """A bounded store in memory, safe to use from several threads; each operation takes constant time.

    Sessions are kept as JSON, as in every other store: what works here works in SQLite and Redis.

    Args:
        max_entries: How many sessions are kept, at least one. When another comes, expired ones go first (to the
            second), then the one inserted first: neither reading nor writing a session again refreshes its place.
        default_ttl_seconds: Seconds a session lives after a write that does not say; zero or less for ever.
        max_bytes: The largest session admitted, as JSON.
        encryption: Keeps what is in memory encrypted, too; rarely of use.
        clock: Seconds that only go forward.
    """

    def __init__(
        self,
        *,
        max_entries: int = 5000,
        default_ttl_seconds: float = DEFAULT_TTL_SECONDS,
        max_bytes: int = DEFAULT_MAX_BYTES,
        encryption: SessionEncryption | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(Encoding(SessionCodec(max_bytes, encryption), default_ttl_seconds))
        self._max_entries = max(1, max_entries)
        self._clock = clock
        # Guards everything below; nothing is encoded or decoded while it is held.
        self._lock = threading.Lock()
        self._entries: OrderedDict[bytes, tuple[Record, float | None]] = OrderedDict()
        self._wheel = ExpiryWheel()
        self._closed = False

    def __len__(self) -> int:
        with self._lock:
            return len(self._entries)

    def purge(self) -> int:
        """Delete every session whose second of expiry has passed; how many that were."""
        with self._lock:
            return self._clear_expired(len(self._entries))

    def async_face(self) -> AsyncSessionStore:
        """The same store for coroutines; calls take microseconds and run inline."""
        return AsyncFace(self, inline)

    def close(self) -> None:
        """Forget all sessions; using the store again raises `StoreClosedError`."""
        with self._lock:
            self._closed = True
            self._entries.clear()
            self._wheel = ExpiryWheel()

    def _read(self, key: bytes) -> Record | None:
        with self._lock:
            return self._live(key)

    def _write(self, key: bytes, record: Record, lifetime: float | None) -> None:
        with self._lock:
            self._live(key)
            self._keep(key, record, lifetime)

    def _create(self, key: bytes, record: Record, lifetime: float | None) -> bool:
        with self._lock:
            if self._live(key) is not None:
                return False
            self._keep(key, record, lifetime)
            return True

    def _replace(self, key: bytes, record: Record, *, expected: str, lifetime: float | None) -> bool:
        with self._lock:
            current = self._live(key)
            if current is None or current.version != expected:
                return False
            self._keep(key, record, lifetime)
            return True

    def _remove(self, key: bytes) -> None:
        with self._lock:
            self._live(key)
            self._drop(key)

    def _take(self, key: bytes) -> Record | None:
        with self._lock:
            record = self._live(key)
            self._drop(key)
            return record

    def _extend(self, key: bytes, lifetime: float | None) -> bool:
        with self._lock:
            record = self._live(key)
            if record is None:
                return False
            self._keep(key, record, lifetime)
            return True

    def _keys(self, prefix: bytes) -> Iterator[bytes]:
        with self._lock:
            keys = [key for key in list(self._entries) if key.startswith(prefix) and self._live(key) is not None]
        yield from keys

    # --- below, the lock is held ---

    def _live(self, key: bytes) -> Record | None:
        if self._closed:
            raise StoreClosedError("the session store in memory was closed; open another")
        entry = self._entries.get(key)
        if entry is None:
            return None
        record, expires_at = entry
        if expires_at is not None and expires_at <= self._clock():
            self._drop(key)
            return None
        return record

    def _keep(self, key: bytes, record: Record, lifetime: float | None) -> None:
        previous = self._entries.get(key)
        if previous is not None and previous[1] is not None:
            self._wheel.unfile(key, previous[1])
        expires_at = None if lifetime is None else self._clock() + lifetime
        # Assigning to a key that is there keeps its place in the order.
        self._entries[key] = (record, expires_at)
        if expires_at is not None:
            self._wheel.file(key, expires_at)
        self._clear_expired(_CLEARED_PER_WRITE)
        while len(self._entries) > self._max_entries:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: bytes) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None and entry[1] is not None:
            self._wheel.unfile(key, entry[1])

    def _clear_expired(self, at_most: int) -> int:
        now = self._clock()
        for cleared in range(at_most):
            key = self._wheel.next_due(now)
            if key is None:
                return cleared
            self._drop(key)
        return at_most
