from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from fluxlit_sessions import InMemorySessionStore

if TYPE_CHECKING:
    from types import FrameType


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_session_inserted_first_goes_when_it_is_full() -> None:
    store = InMemorySessionStore(max_entries=2)
    store.set("a", {})
    store.set("b", {})
    store.set("a", {"again": True})
    assert store.get("a") is not None
    store.set("c", {})
    assert sorted(store.iterate()) == ["b", "c"]


def test_expired_sessions_go_before_living_ones() -> None:
    clock = Clock()
    store = InMemorySessionStore(max_entries=2, clock=clock)
    store.set("long", {})
    store.set("short", {}, ttl_seconds=1)
    clock.now += 5
    store.set("new", {})
    assert sorted(store.iterate()) == ["long", "new"]


def test_an_expired_session_that_is_written_again_is_the_newest() -> None:
    clock = Clock()
    store = InMemorySessionStore(max_entries=2, clock=clock)
    store.set("a", {}, ttl_seconds=1)
    store.set("b", {})
    clock.now += 1
    store.set("a", {})
    store.set("c", {})
    assert sorted(store.iterate()) == ["a", "c"]


def test_room_for_at_least_one_session() -> None:
    store = InMemorySessionStore(max_entries=-3)
    store.set("a", {"x": 1})
    store.set("b", {"x": 2})
    assert (store.get("a"), store.get("b")) == (None, {"x": 2})


def test_the_default_lifetime_is_a_day() -> None:
    clock = Clock()
    store = InMemorySessionStore(clock=clock)
    store.set("a", {})
    clock.now += 86399
    assert store.get("a") == {}
    clock.now += 1
    assert store.get("a") is None


def test_writes_clear_away_what_has_expired_bit_by_bit() -> None:
    clock = Clock()
    store = InMemorySessionStore(clock=clock)
    for number in range(100):
        store.set(f"s{number}", {}, ttl_seconds=1 + number % 3)
    clock.now += 10
    for _ in range(25):
        store.set("other", {})
    assert len(store) == 1


def test_purge_clears_everything_expired() -> None:
    clock = Clock()
    store = InMemorySessionStore(clock=clock)
    for number in range(100):
        store.set(f"s{number}", {}, ttl_seconds=1)
    clock.now += 3
    assert store.purge() == 100
    assert store.purge() == 0
    assert len(store) == 0


def test_u6_threads_that_write_read_and_expire_never_disturb_each_other() -> None:
    # The defect: "dictionary changed size during iteration" while one thread purged and another wrote.
    store = InMemorySessionStore(max_entries=500)
    errors: list[BaseException] = []

    def work(name: int) -> None:
        try:
            for number in range(2000):
                store.set(f"{name}-{number}", {"n": number}, ttl_seconds=0.001)
                store.get(f"{(name + 1) % 8}-{number}")
                if number % 100 == 0:
                    list(store.iterate())
                    store.purge()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test has to see it
            errors.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    assert errors == []
    assert len(store) <= 500


def test_u6_an_operation_looks_at_a_few_entries_however_many_there_are() -> None:
    # The defect: every get went through all sessions. Steps are counted, not seconds.
    looked_at: list[int] = []
    for size in (100, 10_000):
        asked = 0

        def clock() -> float:
            nonlocal asked
            asked += 1
            return 100.0

        store = InMemorySessionStore(max_entries=size, clock=clock)
        for number in range(size):
            store.set(f"s{number}", {}, ttl_seconds=1 + number % 50)
        steps = count_steps(store)
        looked_at.append(steps)
    assert looked_at[0] == looked_at[1]


def count_steps(store: InMemorySessionStore) -> int:
    """How many lines of this package run for a write into a full store, a read and a delete."""
    import sys

    steps = 0

    def count(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal steps
        # Not what the garbage collector happens to finish meanwhile.
        steps += event == "line" and "fluxlit_sessions" in frame.f_code.co_filename
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        store.set("new", {})
        store.get("new")
        store.get("s50")
        store.delete("s51")
    finally:
        sys.settrace(before)
    return steps
