"""Finds what has expired without looking at everything: keys are filed under the second in which they expire."""

from __future__ import annotations

import heapq

__all__ = ("ExpiryWheel",)


class ExpiryWheel:
    """Keys by the second in which they expire. Filing and finding take constant time, however many keys there are.

    Not safe for several threads; its owner holds a lock.
    """

    def __init__(self) -> None:
        self._slots: dict[int, dict[bytes, None]] = {}
        # Only seconds are ordered, not keys: pushed once per second that is in use.
        self._order: list[int] = []

    def file(self, key: bytes, expires_at: float) -> None:
        """Remember when `key` expires."""
        second = int(expires_at)
        slot = self._slots.get(second)
        if slot is None:
            slot = self._slots[second] = {}
            heapq.heappush(self._order, second)
        slot[key] = None

    def unfile(self, key: bytes, expires_at: float) -> None:
        """Forget `key`, filed under this time."""
        # An emptied slot stays until its second has passed: dropping it from the heap would mean a search.
        self._slots[int(expires_at)].pop(key, None)

    def next_due(self, now: float) -> bytes | None:
        """A key whose second has passed, or `None`; it stays filed until it is unfiled."""
        while self._order and self._order[0] + 1 <= now:
            slot = self._slots[self._order[0]]
            if slot:
                return next(iter(slot))
            del self._slots[heapq.heappop(self._order)]
        return None
