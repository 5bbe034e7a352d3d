from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import threading
from typing import TYPE_CHECKING

import anyio
import pytest

from fluxlit_sessions import SQLiteSessionStore, StoreUnavailableError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_file_and_its_companions_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with SQLiteSessionStore(tmp_path / "data" / "s.db") as store:
            store.set("x", {})
            files = sorted(path.name for path in (tmp_path / "data").iterdir())
            assert files == ["s.db", "s.db-shm", "s.db-wal"]
            assert {mode(path) for path in (tmp_path / "data").iterdir()} == {0o600}
            assert mode(tmp_path / "data") == 0o700
    finally:
        os.umask(before)


def test_a_file_that_others_can_read_is_made_private(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    path.touch(mode=0o644)
    with SQLiteSessionStore(path) as store:
        store.set("x", {"a": 1})
        assert mode(path) == 0o600
        assert store.get("x") == {"a": 1}


def test_an_empty_file_that_was_there_becomes_a_store_in_wal_mode(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    path.touch()
    SQLiteSessionStore(path).close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are notes, not a database " * 100)
    with pytest.raises(StoreUnavailableError, match=r"notes\.txt' failed: file is not a database"):
        SQLiteSessionStore(path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailableError, match="cannot be opened"):
        SQLiteSessionStore(tmp_path / "file" / "s.db")


def test_a_write_that_stays_locked_out_says_so(tmp_path: Path) -> None:
    with SQLiteSessionStore(tmp_path / "s.db", busy_timeout_seconds=0.05) as store:
        store.set("x", {"a": 1})
        other = sqlite3.connect(tmp_path / "s.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailableError, match="database is locked"):
            store.set("x", {"a": 2})
        assert store.get("x") == {"a": 1}
        other.execute("ROLLBACK")
        other.close()
        store.set("x", {"a": 3})
        assert store.get("x") == {"a": 3}


async def test_waiting_for_a_lock_never_blocks_the_event_loop(tmp_path: Path) -> None:
    with SQLiteSessionStore(tmp_path / "s.db", busy_timeout_seconds=60) as store:
        face = store.async_face()
        await face.set("x", {"a": 1})
        other = sqlite3.connect(tmp_path / "s.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(face.set("x", {"a": 2}))
        for _ in range(10):
            # Lets the write begin. If it waited for the lock in this thread, nothing more would run until it gave up.
            await anyio.lowlevel.checkpoint()
            assert await face.get("x") == {"a": 1}
        assert not writing.done()
        other.execute("ROLLBACK")
        other.close()
        await asyncio.wait_for(writing, 60)
        assert await face.get("x") == {"a": 2}


def test_threads_share_a_store(tmp_path: Path) -> None:
    with SQLiteSessionStore(tmp_path / "s.db") as store:

        def count() -> None:
            for _ in range(25):
                while True:
                    stored = store.get_versioned("n")
                    value = stored.data["n"] if stored else 0
                    expected = stored.version if stored else None
                    if store.compare_and_set("n", {"n": value + 1}, expected=expected):
                        break

        threads = [threading.Thread(target=count) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(100)
        assert store.get("n") == {"n": 150}


def test_a_store_used_before_a_fork_opens_connections_of_its_own_after_it(
    tmp_path: Path, start_worker: Callable[..., subprocess.Popen[str]]
) -> None:
    # In a process of its own, because the one that runs the tests may have threads.
    worker = start_worker(f"sqlite:///{tmp_path / 's.db'}", "use_across_a_fork")
    printed, _ = worker.communicate("go\n", timeout=120)
    assert printed.split() == ["ready", "child:own", "parent:same"]


def test_a_connection_that_met_an_error_is_not_used_again(tmp_path: Path) -> None:
    used: list[sqlite3.Connection] = []

    def fail_inside_a_transaction() -> None:
        with store._file.connection() as connection:
            used.append(connection)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("SELECT * FROM missing_table")

    with SQLiteSessionStore(tmp_path / "s.db") as store:
        with pytest.raises(StoreUnavailableError, match="no such table: missing_table"):
            fail_inside_a_transaction()
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            used[0].execute("SELECT 1")
        store.set("x", {})


def test_purge_deletes_what_has_expired_and_gives_the_room_back(tmp_path: Path) -> None:
    clock = Clock()
    path = tmp_path / "s.db"
    with SQLiteSessionStore(path, clock=clock) as store:
        for number in range(1200):
            store.set(f"s{number}", {"filler": "x" * 2000}, ttl_seconds=10)
        store.set("long", {})
        clock.now += 10
        assert store.purge() == 1200
        assert list(store.iterate()) == ["long"]
    assert path.stat().st_size < 200_000


def test_writes_purge_now_and_then(tmp_path: Path) -> None:
    clock = Clock()
    with SQLiteSessionStore(tmp_path / "s.db", clock=clock) as store:
        store.set("short", {}, ttl_seconds=1)
        clock.now += 61
        store.set("other", {})
        assert store.purge() == 0
        assert list(store.iterate()) == ["other"]


@pytest.mark.parametrize(("synchronous", "number"), [("normal", 1), ("full", 2)])
def test_durability_can_be_chosen(tmp_path: Path, synchronous: str, number: int) -> None:
    store = SQLiteSessionStore(tmp_path / "s.db", synchronous="full" if synchronous == "full" else "normal")
    with store._file.connection() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (number,)
    store.close()
