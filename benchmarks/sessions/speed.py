"""What a session costs: each operation of each store, and a page's rerun through the whole stack.

A page run of a store is what a page pays: open the session by its token, and save it, once without and once with a
change. The session holds about 2 kB in 20 fields. Redis is a server of our own on a Unix socket, once without and once
with writing every command to disk; it is left out where redis-server is not installed. `page_runs.py` then compares
reruns of real pages with and without a session.

Run with ``python benchmarks/sessions/speed.py [--reruns 300] [--pages-only]``. Target on an idle machine: a run with
SQLite at most 3 ms longer than without a session.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from page_runs import compare_page_runs

from fluxlit_sessions import (
    AtomicSessionStore,
    InMemorySessionStore,
    RedisSessionStore,
    SessionEncryption,
    Sessions,
    SQLiteSessionStore,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STATE = {f"field_{number}": {"label": "x" * 60, "values": [number, number + 0.5, None]} for number in range(20)}
ROUNDS = 1000
TARGET_MS = 3.0


def median_and_p99(operation: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of one call, after a tenth of the rounds for warming up."""
    taken: list[float] = []
    for number in range(-ROUNDS // 10, ROUNDS):
        begin = time.perf_counter()
        operation()
        if number >= 0:
            taken.append((time.perf_counter() - begin) * 1000)
    taken.sort()
    return statistics.median(taken), taken[int(len(taken) * 0.99)]


def operations(store: AtomicSessionStore) -> Iterator[tuple[str, Callable[[], object]]]:
    """Each operation by name, and the runs of a page."""
    store.set("sid", STATE)
    numbers = iter(range(1_000_000_000))

    def compare_and_set() -> None:
        stored = store.get_versioned("sid")
        store.compare_and_set("sid", STATE, expected=stored.version if stored else None)

    def set_and_pop() -> None:
        store.set("code", {"user": "ann"})
        store.pop("code")

    sessions = Sessions(store)
    begun = sessions.create()
    begun.update(STATE)
    begun.save()

    def run(*, change: bool) -> None:
        session = sessions.open(begun.token)
        if session is not None:
            if change:
                session["field_0"] = next(numbers)
            session.save()

    yield "get", lambda: store.get("sid")
    yield "set", lambda: store.set("sid", STATE)
    yield "get, compare_and_set", compare_and_set
    yield "set, pop (small)", set_and_pop
    yield "touch", lambda: store.touch("sid")
    yield "page run, unchanged", lambda: run(change=False)
    yield "page run, changed", lambda: run(change=True)


def start_redis(stack: ExitStack, *arguments: str) -> str | None:
    """The address of a fresh redis-server, or nothing where it is not installed."""
    program = shutil.which("redis-server")
    if program is None:
        return None
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fluxlit-redis-")))
    socket = folder / "redis.sock"
    process = subprocess.Popen(
        [program, "--port", "0", "--unixsocket", str(socket), "--dir", str(folder), "--save", "", *arguments],
        stdout=subprocess.PIPE,
        text=True,
    )
    stack.callback(process.communicate, timeout=30)
    stack.callback(process.terminate)
    for line in process.stdout or ():
        if "eady to accept connections" in line:
            return f"unix://{socket}"
    raise RuntimeError("redis-server did not start")


def stores(stack: ExitStack) -> Iterator[tuple[str, AtomicSessionStore]]:
    """Every store that can be had here."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fluxlit-sessions-")))
    encryption = SessionEncryption([SessionEncryption.generate_key()])
    yield "memory", InMemorySessionStore()
    yield "memory, 100,000 sessions", full_store()
    yield "SQLite", SQLiteSessionStore(folder / "normal.db")
    yield "SQLite, encrypted", SQLiteSessionStore(folder / "encrypted.db", encryption=encryption)
    yield "SQLite, synchronous=full", SQLiteSessionStore(folder / "full.db", synchronous="full")
    for name, durable in (
        ("Redis", ()),
        ("Redis, appendfsync always", ("--appendonly", "yes", "--appendfsync", "always")),
    ):
        url = start_redis(stack, *durable)
        if url is not None:
            yield name, RedisSessionStore(url)


def full_store() -> InMemorySessionStore:
    """A store that evicts at each new session."""
    store = InMemorySessionStore(max_entries=100_000)
    for number in range(100_000):
        store.set(f"s{number}", {"number": number}, ttl_seconds=1000 + number % 100)
    return store


def main() -> int:
    """Print a line for each store and operation; 1 if a run with SQLite costs more than the target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reruns", type=int, default=300)
    parser.add_argument("--pages-only", action="store_true", help="leave out the single operations of the stores")
    asked = parser.parse_args()
    missed = False
    with ExitStack() as stack:
        for name, store in () if asked.pages_only else stores(stack):
            with store:
                for operation, call in operations(store):
                    median, p99 = median_and_p99(call)
                    print(f"{name:28} {operation:22} median {median:7.3f} ms   p99 {p99:7.3f} ms")
                    missed |= name == "SQLite" and operation.startswith("page run") and median > TARGET_MS
    missed |= compare_page_runs(reruns=asked.reruns) > TARGET_MS
    print(f"a page run with SQLite within {TARGET_MS} ms: {'no' if missed else 'yes'}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
