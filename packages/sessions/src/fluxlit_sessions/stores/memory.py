"""Sessions in this process's memory: for development, tests and a single sidecar. All is lost when the process ends."""

from __future__ import annotations

import copy
import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("InMemorySessionStore",)


class InMemorySessionStore:
    """A bounded store in memory, safe to use from several threads.

    Args:
        max_entries: How many sessions are kept (at least one). When another comes, the one inserted first goes;
            writing a session again does not refresh its place.
        default_ttl_seconds: Seconds a session lives after it was written when `set` is not told; zero or less for ever.
    """

    def __init__(self, *, max_entries: int = 5000, default_ttl_seconds: float = 86400.0) -> None:
        self._max_entries = max(1, max_entries)
        self._default_ttl_seconds = default_ttl_seconds
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, tuple[float | None, dict[str, Any]]] = OrderedDict()

    def get(self, sid: str) -> dict[str, Any] | None:
        """The data of `sid` as a copy, or `None`."""
        with self._lock:
            entry = self._entries.get(sid)
            if entry is None:
                return None
            expires_at, data = entry
            if expires_at is not None and expires_at <= time.monotonic():
                del self._entries[sid]
                return None
            return copy.deepcopy(data)

    def set(self, sid: str, data: Mapping[str, Any], *, ttl_seconds: float | None = None) -> None:
        """Replace the data of `sid`; see `SessionStore.set`."""
        ttl = self._default_ttl_seconds if ttl_seconds is None else ttl_seconds
        expires_at = time.monotonic() + ttl if ttl > 0 else None
        kept = copy.deepcopy(dict(data))
        with self._lock:
            self._entries[sid] = (expires_at, kept)
            while len(self._entries) > self._max_entries:
                self._entries.popitem(last=False)

    def delete(self, sid: str) -> None:
        """Forget `sid`."""
        with self._lock:
            self._entries.pop(sid, None)
