"""Sessions in a SQLite file: they survive restarts and are shared by every process of the host that opens the file.

Each operation is one statement in autocommit mode, so it is atomic among all threads and processes, and a process that
is killed in the middle leaves the session as it was. What an operation has returned for is in the write-ahead log.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

from fluxlit_sessions.stores.encoded import DEFAULT_TTL_SECONDS, EncodedStore, Encoding, Record
from fluxlit_sessions.stores.faces import AsyncFace, in_a_thread
from fluxlit_sessions.stores.sqlite_file import SQLiteFile
from fluxlit_sessions.values.codec import DEFAULT_MAX_BYTES, SessionCodec

if TYPE_CHECKING:
    import os
    import sqlite3
    from collections.abc import Callable, Iterator

    from fluxlit_sessions.encryption import SessionEncryption
    from fluxlit_sessions.protocols import AsyncSessionStore
    from fluxlit_sessions.stores.sqlite_file import Synchronous

__all__ = ("SQLiteSessionStore",)

# A write waits this long for other writers, each of which takes about a millisecond.
_BUSY_TIMEOUT_SECONDS = 10.0

# Now and then a write clears away what has expired, a bounded number at a time.
_PURGE_INTERVAL_SECONDS = 60.0
_PURGE_BATCH = 500

_PAGE = 500

# Parameters by position: for each one by name, sqlite3 hands Python's lock to whichever thread waits for it (3.11).
_READ = "SELECT version, payload FROM sessions WHERE key = ? AND (expires_at IS NULL OR expires_at > ?)"
_WRITE = (
    "INSERT INTO sessions (key, version, payload, expires_at) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (key) DO UPDATE "
    "SET version = excluded.version, payload = excluded.payload, expires_at = excluded.expires_at"
)
_CREATE = f"{_WRITE} WHERE sessions.expires_at <= ?"
_REPLACE = (
    "UPDATE sessions SET version = ?, payload = ?, expires_at = ? "
    "WHERE key = ? AND version = ? AND (expires_at IS NULL OR expires_at > ?)"
)
_REMOVE = "DELETE FROM sessions WHERE key = ?"
# The row is judged in Python: SQLite 3.40 answers `expires_at IS NULL` in RETURNING with 0 for a row where it is null.
_TAKE = "DELETE FROM sessions WHERE key = ? RETURNING version, payload, expires_at"
_EXTEND = "UPDATE sessions SET expires_at = ? WHERE key = ? AND (expires_at IS NULL OR expires_at > ?)"
_KEYS = (
    "SELECT key FROM sessions WHERE key > ? AND key < ? AND (expires_at IS NULL OR expires_at > ?) ORDER BY key LIMIT ?"
)
_PURGE = "DELETE FROM sessions WHERE rowid IN (SELECT rowid FROM sessions WHERE expires_at <= ? LIMIT ?)"


class SQLiteSessionStore(EncodedStore):
    """A store in one file, for all threads and processes of a host.

    Args:
        path: The database file, made with mode 0600 if missing. Not on a network file system: WAL needs shared memory.
        default_ttl_seconds: Seconds a session lives after a write that does not say; zero or less for ever.
        max_bytes: The largest session admitted, as JSON.
        encryption: Encrypts sessions in the file.
        busy_timeout_seconds: How long a write waits for other writers before it raises `StoreUnavailableError`.
        synchronous: `normal` survives the crash of any process; `full` also the loss of power, for a flush per write.
        clock: Seconds since the epoch, the same for every process.

    Raises:
        StoreUnavailableError: The file cannot be made or opened, or is no database.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        default_ttl_seconds: float = DEFAULT_TTL_SECONDS,
        max_bytes: int = DEFAULT_MAX_BYTES,
        encryption: SessionEncryption | None = None,
        busy_timeout_seconds: float = _BUSY_TIMEOUT_SECONDS,
        synchronous: Synchronous = "normal",
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(Encoding(SessionCodec(max_bytes, encryption), default_ttl_seconds))
        self._clock = clock
        self._file = SQLiteFile(path, busy_timeout_seconds=busy_timeout_seconds, synchronous=synchronous)
        self._next_purge = clock() + _PURGE_INTERVAL_SECONDS

    def purge(self) -> int:
        """Delete every expired session and give the room back to the file system; how many that were."""
        total = 0
        with self._file.connection() as connection:
            while deleted := self._purge_batch(connection):
                total += deleted
            # One row per freed page, none of which `execute` would step to.
            connection.executescript("PRAGMA incremental_vacuum")
        return total

    def async_face(self) -> AsyncSessionStore:
        """The same store for coroutines; calls run in worker threads."""
        return AsyncFace(self, in_a_thread)

    def close(self) -> None:
        """Close the file; using the store again raises `StoreClosedError`."""
        self._file.close()

    def _read(self, key: bytes) -> Record | None:
        with self._file.connection() as connection:
            return _record(connection.execute(_READ, (key, self._clock())).fetchone())

    def _write(self, key: bytes, record: Record, lifetime: float | None) -> None:
        now = self._clock()
        self._change(_WRITE, (key, record.version, record.payload, _end(now, lifetime)), now=now)

    def _create(self, key: bytes, record: Record, lifetime: float | None) -> bool:
        now = self._clock()
        return self._change(_CREATE, (key, record.version, record.payload, _end(now, lifetime), now), now=now)

    def _replace(self, key: bytes, record: Record, *, expected: str, lifetime: float | None) -> bool:
        now = self._clock()
        written = (record.version, record.payload, _end(now, lifetime))
        return self._change(_REPLACE, (*written, key, expected, now), now=now)

    def _remove(self, key: bytes) -> None:
        self._change(_REMOVE, (key,), now=self._clock())

    def _take(self, key: bytes) -> Record | None:
        with self._file.connection() as connection:
            # All rows are fetched: the statement is only committed once it has run to its end.
            rows = connection.execute(_TAKE, (key,)).fetchall()
        is_live = rows and (rows[0][2] is None or rows[0][2] > self._clock())
        return _record(rows[0]) if is_live else None

    def _extend(self, key: bytes, lifetime: float | None) -> bool:
        now = self._clock()
        return self._change(_EXTEND, (_end(now, lifetime), key, now), now=now)

    def _keys(self, prefix: bytes) -> Iterator[bytes]:
        # Page by page, so that no read transaction stays open while the caller does something else. No UTF-8 text has
        # the byte FF, so all keys with the prefix sort before prefix + FF; an empty text is not greater than itself.
        after, end = prefix, prefix + b"\xff"
        if self._read(prefix) is not None:
            yield prefix
        while True:
            with self._file.connection() as connection:
                rows = connection.execute(_KEYS, (after, end, self._clock(), _PAGE)).fetchall()
            keys = [cast("bytes", row[0]) for row in rows]
            yield from keys
            if len(keys) < _PAGE:
                return
            after = keys[-1]

    def _change(self, statement: str, parameters: tuple[object, ...], *, now: float) -> bool:
        with self._file.connection() as connection:
            changed = connection.execute(statement, parameters).rowcount > 0
            if now >= self._next_purge:
                self._next_purge = now + _PURGE_INTERVAL_SECONDS
                self._purge_batch(connection)
        return changed

    def _purge_batch(self, connection: sqlite3.Connection) -> int:
        return connection.execute(_PURGE, (self._clock(), _PURGE_BATCH)).rowcount


def _end(now: float, lifetime: float | None) -> float | None:
    return None if lifetime is None else now + lifetime


def _record(row: tuple[str, bytes, *tuple[object, ...]] | None) -> Record | None:
    return None if row is None else Record(version=row[0], payload=row[1])
