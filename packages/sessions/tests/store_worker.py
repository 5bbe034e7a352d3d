"""A process that uses a store, started by the tests: `store_worker.py URL COMMAND ARGUMENT…`; it waits for a line."""

from __future__ import annotations

import itertools
import os
import sys
from typing import TYPE_CHECKING

from fluxlit_sessions import AtomicSessionStore, SQLiteSessionStore, open_store

if TYPE_CHECKING:
    from collections.abc import Callable


def say(word: object) -> None:
    """Tell the test at once."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def increment(store: AtomicSessionStore, times: str) -> None:
    """Add to a counter, each time on top of what others have added meanwhile."""
    for _ in range(int(times)):
        while True:
            stored = store.get_versioned("counter")
            count = stored.data["count"] if stored else 0
            if store.compare_and_set("counter", {"count": count + 1}, expected=stored.version if stored else None):
                break
    say("done")


def take(store: AtomicSessionStore, amount: str) -> None:
    """Print each code that this process was the one to take."""
    for number in range(int(amount)):
        if store.pop(f"code-{number}") is not None:
            say(number)


def write_for_ever(store: AtomicSessionStore, size: str) -> None:
    """Write 1, 2, 3, … and print each number once its write was acknowledged, until killed."""
    filler = "x" * int(size)
    for number in itertools.count(1):
        store.set("growing", {"number": number, "filler": filler, "again": number})
        say(number)


def write_own(store: AtomicSessionStore, name: str, times: str) -> None:
    """Write sessions that nobody else writes."""
    for number in range(int(times)):
        store.set(f"{name}-{number}", {"number": number})
    say("done")


def use_across_a_fork(store: AtomicSessionStore) -> None:
    """Use the store on both sides of a fork and print whether each side uses the connection from before it."""
    assert isinstance(store, SQLiteSessionStore)
    store.set("before", {})
    before = used_connection(store)
    pid = os.fork()
    if pid == 0:
        store.set("child", store.get("before") or {})
        say("child:same" if used_connection(store) is before else "child:own")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert store.get("child") == {}
    say("parent:same" if used_connection(store) is before else "parent:own")


def used_connection(store: SQLiteSessionStore) -> object:
    with store._file.connection() as connection:
        return connection


def main() -> None:
    url, command, *arguments = sys.argv[1:]
    commands: dict[str, Callable[..., None]] = {
        "increment": increment,
        "take": take,
        "use_across_a_fork": use_across_a_fork,
        "write_for_ever": write_for_ever,
        "write_own": write_own,
    }
    # Opening is part of the race: nothing is opened before every process is there.
    say("ready")
    sys.stdin.readline()
    store = open_store(url)
    commands[command](store, *arguments)
    store.close()


if __name__ == "__main__":
    main()
