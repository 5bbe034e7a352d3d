"""A process that uses a store, started by the tests: `store_worker.py URL COMMAND ARGUMENT…`; it waits for a line."""

from __future__ import annotations

import itertools
import sys

from fluxlit_sessions import AtomicSessionStore, open_store


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


def main() -> None:
    url, command, *arguments = sys.argv[1:]
    commands = {"increment": increment, "take": take, "write_for_ever": write_for_ever, "write_own": write_own}
    # Opening is part of the race: nothing is opened before every process is there.
    say("ready")
    sys.stdin.readline()
    store = open_store(url)
    commands[command](store, *arguments)
    store.close()


if __name__ == "__main__":
    main()
