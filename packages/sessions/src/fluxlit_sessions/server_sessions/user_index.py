"""Which sessions a user has, so that all of them can be revoked without searching the store."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, cast

from fluxlit_sessions.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_sessions.server_sessions.records import SessionRecords

__all__ = ("UserIndex",)

_MAX_ATTEMPTS = 100


class UserIndex:
    """One entry per user with the keys of their sessions and when each ends at the latest.

    A session is entered before it is written, and looked for again afterwards: if its user was revoked in between, it
    is not there any more and the session must not live.
    """

    def __init__(self, records: SessionRecords) -> None:
        self._records = records

    def add(self, user: str, key: str) -> None:
        """Enter a session that is about to be written."""
        ends_at = self._records.clock() + self._records.options.absolute_seconds
        self._change(user, lambda keys: {**keys, key: ends_at})

    def discard(self, user: str, key: str) -> None:
        """Strike out a session that has ended."""
        self._change(user, lambda keys: {name: ends_at for name, ends_at in keys.items() if name != key})

    def keys(self, user: str) -> list[str]:
        """The keys of the user's sessions, of which some may have ended."""
        return list(_living(self._records.store.get(self._entry(user)), self._records.clock()))

    def take(self, user: str) -> list[str]:
        """Strike out all sessions of a user and return their keys."""
        return list(_living(self._records.store.pop(self._entry(user)), 0.0))

    def _change(self, user: str, change: Callable[[dict[str, float]], dict[str, float]]) -> None:
        entry = self._entry(user)
        for _ in range(_MAX_ATTEMPTS):
            stored = self._records.store.get_versioned(entry)
            before = _living(None if stored is None else stored.data, self._records.clock())
            after = change(before)
            written = self._records.store.compare_and_set(
                entry,
                {"sessions": after},
                expected=None if stored is None else stored.version,
                ttl_seconds=self._records.options.absolute_seconds,
            )
            if written is not None:
                return
        raise StoreUnavailableError(f"the sessions of a user changed {_MAX_ATTEMPTS} times while one was being entered")

    def _entry(self, user: str) -> str:
        # Hashed, because names are of any length and a store is read by more people than a user list.
        digest = hashlib.sha256(user.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{self._records.options.prefix}user:{digest}"


def _living(data: dict[str, Any] | None, now: float) -> dict[str, float]:
    keys = cast("object", None if data is None else data.get("sessions"))
    if not isinstance(keys, dict):
        return {}
    return {key: ends_at for key, ends_at in cast("dict[str, float]", keys).items() if ends_at > now}
