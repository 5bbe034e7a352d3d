"""Session records in a store: what is written about a session, under the hash of its token, and for how long."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from fluxlit_sessions.errors import SessionGoneError, StoreUnavailableError
from fluxlit_sessions.server_sessions.options import SessionOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_sessions.protocols import AtomicSessionStore

__all__ = ("SessionRecord", "SessionRecords")

# Each attempt that fails means that another writer got through: this many in a row are not chance.
_MAX_ATTEMPTS = 100

_ENDED = "ended"


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A session as stored. Times are seconds since the epoch."""

    data: dict[str, Any]
    user: str | None
    created_at: float
    touched_at: float


class SessionRecords:
    """Reads and writes records; a record that has outlived its times counts as missing, whatever the store says."""

    def __init__(
        self,
        store: AtomicSessionStore,
        options: SessionOptions | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store = store
        self.options = options or SessionOptions()
        self.clock = clock

    def key(self, token: str) -> str:
        """The id in the store for a token."""
        # Tokens are long and random: a plain hash cannot be searched backwards.
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{self.options.prefix}{digest}"

    def read(self, key: str, *, must_not_have_ended: bool = False) -> tuple[SessionRecord, str] | None:
        """The living record and its version.

        Raises:
            SessionGoneError: It was ended by `end`, and the caller wants to know.
        """
        stored = self.store.get_versioned(key)
        if stored is not None and must_not_have_ended and _has_ended(stored.data):
            raise SessionGoneError("the session was revoked or rotated; reload the page to begin another")
        record = None if stored is None else _from_json(stored.data)
        if stored is None or record is None or self.lifetime(record) <= 0:
            return None
        return record, stored.version

    def write(self, key: str, record: SessionRecord, *, expected: str | None) -> str | None:
        """Write the record if the stored one has the expected version; the new version, else `None`."""
        lifetime = max(self.lifetime(record), 0.001)
        return self.store.compare_and_set(key, _to_json(record), expected=expected, ttl_seconds=lifetime)

    def end(self, key: str, *, even_if_unknown: bool = False) -> SessionRecord | None:
        """End the session for good and return its record if it was alive; of several callers one gets it.

        What stays in its place for as long as a cookie with its token may come back says that it has ended: a session
        that is written with its first change could otherwise begin anew under a token that was revoked.

        Args:
            key: Of the session.
            even_if_unknown: Whether a session of which nothing is stored yet ends as well.
        """
        for _ in range(_MAX_ATTEMPTS):
            stored = self.store.get_versioned(key)
            if stored is None and not even_if_unknown:
                return None
            if stored is not None and _has_ended(stored.data):
                return None
            written = self.store.compare_and_set(
                key,
                {_ENDED: True},
                expected=None if stored is None else stored.version,
                ttl_seconds=self.options.absolute_seconds,
            )
            if written is not None:
                record = None if stored is None else _from_json(stored.data)
                return record if record is not None and self.lifetime(record) > 0 else None
        raise StoreUnavailableError(f"a session was changed by others {_MAX_ATTEMPTS} times while it was being ended")

    def lifetime(self, record: SessionRecord) -> float:
        """Seconds that the record has left, counted from now."""
        now = self.clock()
        idle = record.touched_at + self.options.idle_seconds - now
        absolute = record.created_at + self.options.absolute_seconds - now
        return min(idle, absolute)


def _has_ended(stored: dict[str, Any]) -> bool:
    return stored.get(_ENDED) is True


def _to_json(record: SessionRecord) -> dict[str, Any]:
    return {
        "data": record.data,
        "user": record.user,
        "created_at": record.created_at,
        "touched_at": record.touched_at,
    }


def _from_json(stored: dict[str, Any]) -> SessionRecord | None:
    data, user = stored.get("data"), stored.get("user")
    created_at, touched_at = stored.get("created_at"), stored.get("touched_at")
    if (
        not isinstance(data, dict)
        or not isinstance(created_at, (int, float))
        or not isinstance(touched_at, (int, float))
    ):
        return None  # written by something else under our prefix
    return SessionRecord(
        data=cast("dict[str, Any]", data),
        user=user if isinstance(user, str) else None,
        created_at=created_at,
        touched_at=touched_at,
    )
