"""A store that is opened when it is first used, once, and anew after it was closed."""

from __future__ import annotations

import threading

import pytest

from fluxlit_sessions import AtomicSessionStore, DeferredSessionStore, InMemorySessionStore, StoreUnavailableError


class Openings:
    """Opens stores, and remembers them."""

    def __init__(self) -> None:
        self.opened: list[InMemorySessionStore] = []
        self.fails = False

    def __call__(self) -> AtomicSessionStore:
        if self.fails:
            raise StoreUnavailableError("not yet")
        self.opened.append(InMemorySessionStore())
        return self.opened[-1]


def test_it_is_opened_once_by_the_first_of_many_threads() -> None:
    openings = Openings()
    store = DeferredSessionStore(openings)
    assert not store.is_open
    assert openings.opened == []
    begin = threading.Barrier(8)

    def use(number: int) -> None:
        begin.wait(30)
        store.set(f"s{number}", {})

    threads = [threading.Thread(target=use, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(openings.opened) == 1
    assert len(list(store.iterate())) == 8


def test_after_close_it_opens_anew() -> None:
    openings = Openings()
    with DeferredSessionStore(openings) as store:
        store.set("a", {"n": 1})
    assert not store.is_open
    assert store.get("a") is None
    assert len(openings.opened) == 2
    store.close()
    store.close()


def test_an_opening_that_failed_is_tried_again() -> None:
    openings = Openings()
    store = DeferredSessionStore(openings)
    openings.fails = True
    with pytest.raises(StoreUnavailableError, match="not yet"):
        store.get("a")
    openings.fails = False
    assert store.get("a") is None
