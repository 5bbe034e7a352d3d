"""The file of a SQLite store: made whole and private before anyone sees it, opened by as many connections as needed.

A new database is prepared under another name in the same folder (mode 0600, WAL, with its table) and then linked to
its final name, which fails if another process was first. So no process ever meets half a database, and nobody else on
the host can read it at any moment. SQLite gives its `-wal` and `-shm` files the mode of the database.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from fluxlit_sessions.errors import StoreClosedError, StoreUnavailableError

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ("SQLiteFile", "Synchronous")

Synchronous: TypeAlias = Literal["normal", "full"]

# Enough for the threads of a busy sidecar; more are opened when needed and closed after use.
_IDLE_CONNECTIONS = 8

# DELETE … RETURNING, which reads and deletes in one step.
_OLDEST_SQLITE = (3, 35, 0)

_PRIVATE = 0o600

_TABLE = (
    "CREATE TABLE IF NOT EXISTS sessions ("
    "key BLOB NOT NULL UNIQUE, version TEXT NOT NULL, payload BLOB NOT NULL, expires_at REAL)"
)
_INDEX = "CREATE INDEX IF NOT EXISTS sessions_by_expiry ON sessions (expires_at) WHERE expires_at IS NOT NULL"


class SQLiteFile:
    """A pool of connections to one database file, for several threads and, each with its own pool, several processes.

    Args:
        path: The file; it and its folder (mode 0700) are made if missing. A file that others can read is made private.
        busy_timeout_seconds: How long a write waits for the writes of others.
        synchronous: `normal` survives the crash of any process; `full` also the loss of power, for a flush per write.

    Raises:
        StoreUnavailableError: The file cannot be made or opened, or is no database.
    """

    def __init__(self, path: str | os.PathLike[str], *, busy_timeout_seconds: float, synchronous: Synchronous) -> None:
        self.path = Path(path).absolute()
        self._busy_timeout_seconds = busy_timeout_seconds
        self._synchronous = synchronous
        # Guards the idle connections; a connection in use belongs to one thread.
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._inherited: list[sqlite3.Connection] = []
        self._pid = os.getpid()
        self._closed = False
        try:
            self._prepare()
        except (sqlite3.DatabaseError, OSError) as error:
            raise _failure(self.path, error) from error

    def connection(self) -> _Borrowed:
        """Borrow a connection in autocommit mode, as a context manager.

        Raises:
            StoreUnavailableError: SQLite reports an error inside the block.
            StoreClosedError: The pool was closed.
        """
        return _Borrowed(self)

    def take(self) -> sqlite3.Connection:
        """A connection that nobody else uses, to be given back; see `connection`."""
        with self._lock:
            if self._closed:
                raise StoreClosedError(f"the session store {str(self.path)!r} was closed; open another")
            if self._pid != os.getpid():
                # Connections must not cross a fork, not even to be closed: https://www.sqlite.org/howtocorrupt.html#_carrying_an_open_database_across_a_fork
                self._inherited, self._idle, self._pid = [*self._inherited, *self._idle], [], os.getpid()
            if self._idle:
                return self._idle.pop()
        return self._connect(self.path)

    def give_back(self, connection: sqlite3.Connection) -> None:
        """Keep a connection for the next who takes one."""
        with self._lock:
            if not self._closed and len(self._idle) < _IDLE_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Close the idle connections; those in use are closed when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _connect(self, path: Path) -> sqlite3.Connection:
        # Several threads may use it one after the other, never two at once.
        connection = sqlite3.connect(
            path, timeout=self._busy_timeout_seconds, isolation_level=None, check_same_thread=False
        )
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        # Deleted sessions are overwritten where that costs nothing: https://www.sqlite.org/pragma.html#pragma_secure_delete
        connection.execute("PRAGMA secure_delete = FAST")
        return connection

    def _prepare(self) -> None:
        if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
            raise StoreUnavailableError(f"SQLite {sqlite3.sqlite_version} is too old for sessions; 3.35 is needed")
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.path.exists():
            self._create()
        if stat.S_IMODE(self.path.stat().st_mode) & ~_PRIVATE:
            self.path.chmod(_PRIVATE)
        with self.connection() as connection:
            self._make_table(connection)

    def _create(self) -> None:
        handle, name = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)
        os.close(handle)
        draft = Path(name)
        try:
            with contextlib.closing(self._connect(draft)) as connection:
                self._make_table(connection)
            with contextlib.suppress(FileExistsError):
                os.link(draft, self.path)
        finally:
            draft.unlink(missing_ok=True)

    def _make_table(self, connection: sqlite3.Connection) -> None:
        if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(_TABLE)
        connection.execute(_INDEX)


class _Borrowed:
    """One use of a connection. A class, because generators cost each page run a tenth of its read."""

    def __init__(self, file: SQLiteFile) -> None:
        self._file = file

    def __enter__(self) -> sqlite3.Connection:
        try:
            self._connection = self._file.take()
        except (sqlite3.DatabaseError, OSError) as error:
            raise _failure(self._file.path, error) from error
        return self._connection

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._file.give_back(self._connection)
            return
        # It may be inside a transaction or a statement: closing rolls back and frees its locks.
        self._connection.close()
        if isinstance(error, (sqlite3.DatabaseError, OSError)):
            raise _failure(self._file.path, error) from error


def _failure(path: Path, error: sqlite3.DatabaseError | OSError) -> StoreUnavailableError:
    if isinstance(error, OSError):
        return StoreUnavailableError(
            f"the session store {str(path)!r} cannot be opened: {error}; choose a file in a folder that this user may "
            "write to"
        )
    return StoreUnavailableError(
        f"the session store {str(path)!r} failed: {error}; check that the file is a session database, that its disk "
        "has room, and that no program holds it locked"
    )
