from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel

from fluxlit_sessions import (
    AtomicSessionStore,
    InMemorySessionStore,
    SessionGoneError,
    SessionOptions,
    Sessions,
    UnsupportedValueError,
    new_session_id,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Counted:
    """How often a store was asked for what."""

    reads: int = 0
    writes: int = 0


class CountingStore(InMemorySessionStore):
    def __init__(self) -> None:
        super().__init__()
        self.counted = Counted()

    def get_versioned(self, sid: str) -> Any:
        self.counted.reads += 1
        return super().get_versioned(sid)

    def compare_and_set(
        self, sid: str, data: Mapping[str, Any], *, expected: str | None, ttl_seconds: float | None = None
    ) -> str | None:
        self.counted.writes += 1
        return super().compare_and_set(sid, data, expected=expected, ttl_seconds=ttl_seconds)


def opened(sessions: Sessions, token: str) -> Any:
    session = sessions.open(token)
    assert session is not None
    return session


def test_what_a_run_changed_is_there_in_the_next(store: AtomicSessionStore) -> None:
    sessions = Sessions(store)
    first = sessions.create()
    first["filters"] = {"year": 2026}
    assert first.save() is True
    second = opened(sessions, first.token)
    assert dict(second) == {"filters": {"year": 2026}}
    second["filters"]["year"] = 2025
    assert second.is_changed
    second.save()
    assert opened(sessions, first.token)["filters"] == {"year": 2025}


def test_an_unknown_token_opens_nothing(store: AtomicSessionStore) -> None:
    sessions = Sessions(store)
    sessions.create()
    assert sessions.open("attacker") is None
    assert sessions.open("") is None
    assert sessions.open("\ud800") is None


def test_a_run_costs_one_read_and_a_write_only_on_change() -> None:
    store = CountingStore()
    sessions = Sessions(store)
    token = sessions.create().token
    store.counted = Counted()
    session = opened(sessions, token)
    assert session.save() is False
    assert store.counted == Counted(reads=1, writes=0)
    session["a"] = 1
    session.save()
    assert store.counted == Counted(reads=1, writes=1)


def test_two_tabs_that_change_different_fields_both_keep_theirs(store: AtomicSessionStore) -> None:
    sessions = Sessions(store)
    begun = sessions.create()
    begun.update(filters={"year": 2026, "city": "Oslo"}, name="Ann", old=1)
    begun.save()
    one, two = opened(sessions, begun.token), opened(sessions, begun.token)
    one["filters"]["year"] = 2025
    one["name"] = "Anna"
    del one["old"]
    two["filters"]["city"] = "Bergen"
    two["name"] = "Annie"
    two["new"] = True
    one.save()
    two.save()
    expected = {"filters": {"year": 2025, "city": "Bergen"}, "name": "Annie", "new": True}
    assert dict(two) == dict(opened(sessions, begun.token)) == expected


def test_no_field_is_lost_among_many_threads(store: AtomicSessionStore) -> None:
    sessions = Sessions(store)
    token = sessions.create().token

    def write(name: int) -> None:
        for number in range(5):
            session = opened(sessions, token)
            session[f"{name}-{number}"] = True
            session.save()

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    assert len(opened(sessions, token)) == 20


def test_a_change_of_type_alone_is_a_change() -> None:
    sessions = Sessions(InMemorySessionStore())
    session = sessions.create()
    session["flag"] = 1
    session.save()
    session["flag"] = True
    assert session.save() is True
    assert opened(sessions, session.token)["flag"] is True


def test_a_value_that_cannot_be_stored_is_named_and_nothing_is_written() -> None:
    sessions = Sessions(InMemorySessionStore())
    session = sessions.create()
    session["client"] = object()
    with pytest.raises(UnsupportedValueError, match="'client'"):
        session.save()
    assert dict(opened(sessions, session.token)) == {}


class Visit(BaseModel):
    day: dt.date
    pages: set[str] = set()


def test_a_session_is_read_into_a_model() -> None:
    sessions = Sessions(InMemorySessionStore())
    session = sessions.create()
    session["day"] = dt.date(2026, 5, 1)
    session["pages"] = ["home"]
    session.save()
    assert opened(sessions, session.token).read_as(Visit) == Visit(day=dt.date(2026, 5, 1), pages={"home"})


def test_a_session_ends_after_idle_seconds_and_a_visit_keeps_it_alive() -> None:
    clock = Clock()
    sessions = Sessions(
        InMemorySessionStore(clock=clock), SessionOptions(idle_seconds=100, touch_seconds=10), clock=clock
    )
    token = sessions.create().token
    for _ in range(3):
        clock.now += 90
        session = opened(sessions, token)
        assert session.save() is False
        assert session.seconds_left == 100
    clock.now += 100
    assert sessions.open(token) is None


def test_visits_in_quick_succession_are_not_written_down() -> None:
    clock = Clock()
    store = CountingStore()
    sessions = Sessions(store, SessionOptions(touch_seconds=60), clock=clock)
    token = sessions.create().token
    store.counted = Counted()
    for _ in range(12):
        clock.now += 10
        opened(sessions, token).save()
    assert store.counted == Counted(reads=12, writes=2)


def test_a_session_ends_after_its_absolute_seconds_however_busy() -> None:
    clock = Clock()
    options = SessionOptions(idle_seconds=100, absolute_seconds=250, touch_seconds=0)
    sessions = Sessions(InMemorySessionStore(clock=clock), options, clock=clock)
    token = sessions.create().token
    for _ in range(4):
        clock.now += 60
        opened(sessions, token).save()
    assert opened(sessions, token).seconds_left == 10
    clock.now += 10
    assert sessions.open(token) is None


def test_login_rotates_the_token_and_the_old_one_is_dead(store: AtomicSessionStore) -> None:
    sessions = Sessions(store)
    before = sessions.create()
    before["cart"] = [1]
    after = sessions.rotate(before, user="ann")
    assert after.token != before.token
    assert sessions.open(before.token) is None
    again = opened(sessions, after.token)
    assert (again.user, dict(again)) == ("ann", {"cart": [1]})
    logged_out = sessions.rotate(again, keep_data=False)
    assert sessions.open(after.token) is None
    assert (logged_out.user, dict(logged_out)) == (None, {})
    assert sessions.count("ann") == 0


def test_login_begins_the_absolute_lifetime_anew_and_mere_rotation_does_not() -> None:
    clock = Clock()
    sessions = Sessions(InMemorySessionStore(clock=clock), clock=clock)
    begun = clock.now
    session = sessions.create()
    clock.now += 10
    session = sessions.rotate(session, user="ann")
    assert session.created_at == begun + 10
    clock.now += 10
    session = sessions.rotate(session, user="ann")
    assert session.created_at == begun + 10


def test_a_session_can_be_rotated_once() -> None:
    sessions = Sessions(InMemorySessionStore())
    session = sessions.create()
    sessions.rotate(session, user="ann")
    with pytest.raises(SessionGoneError):
        sessions.rotate(session, user="eve")


def test_a_run_that_was_overtaken_by_revocation_does_not_bring_the_session_back(store: AtomicSessionStore) -> None:
    sessions = Sessions(store)
    session = sessions.create(user="ann")
    running = opened(sessions, session.token)
    assert sessions.revoke(session.token) is True
    assert sessions.revoke(session.token) is False
    running["a"] = 1
    with pytest.raises(SessionGoneError, match="its changes are not stored"):
        running.save()
    assert sessions.open(session.token) is None
    assert sessions.count("ann") == 0


def test_all_sessions_of_a_user_are_revoked_and_no_others(store: AtomicSessionStore) -> None:
    sessions = Sessions(store)
    ann = [sessions.create(user="ann") for _ in range(3)]
    bob, nobody = sessions.create(user="bob"), sessions.create()
    assert sessions.count("ann") == 3
    assert sessions.revoke_user("ann") == 3
    assert [sessions.open(session.token) for session in ann] == [None] * 3
    assert opened(sessions, bob.token).user == "bob"
    assert opened(sessions, nobody.token).user is None
    assert sessions.revoke_user("ann") == 0


def test_a_session_that_begins_while_its_user_is_revoked_does_not_live() -> None:
    class Racing(InMemorySessionStore):
        """Revokes the user after the session was entered and before it is written."""

        armed = True

        def compare_and_set(
            self, sid: str, data: Mapping[str, Any], *, expected: str | None, ttl_seconds: float | None = None
        ) -> str | None:
            if self.armed and ":user:" not in sid:
                self.armed = False
                assert Sessions(self).revoke_user("ann") == 0
            return super().compare_and_set(sid, data, expected=expected, ttl_seconds=ttl_seconds)

    store = Racing()
    with pytest.raises(SessionGoneError, match="log in again"):
        Sessions(store).create(user="ann")
    assert list(store.iterate()) == ["session:ended"]  # what closes its sockets


def test_neither_tokens_nor_names_are_in_the_store_or_in_the_text_of_a_session() -> None:
    store = InMemorySessionStore()
    session = Sessions(store).create(user="ann@example.com")
    session["address"] = "Main Street"
    session.save()
    ids = " ".join(store.iterate())
    assert session.token not in ids
    assert "ann" not in ids
    assert session.token not in repr(session)
    assert "Main Street" not in repr(session)


def test_what_something_else_wrote_under_a_session_key_is_no_session() -> None:
    store = InMemorySessionStore()
    sessions = Sessions(store)
    session = sessions.create()
    (key,) = store.iterate()
    store.set(key, {"data": "no dict"})
    assert sessions.open(session.token) is None


def test_a_session_that_was_issued_is_stored_with_its_first_change_alone(store: AtomicSessionStore) -> None:
    sessions = Sessions(store)
    token = new_session_id()
    visitor = sessions.open_issued(token)
    assert visitor.save() is False
    assert not visitor.is_stored
    assert list(store.iterate("session:")) == []
    one, two = sessions.open_issued(token), sessions.open_issued(token)
    one["a"] = 1
    two["b"] = 2
    one.save()
    two.save()
    assert dict(opened(sessions, token)) == {"a": 1, "b": 2}


@pytest.mark.parametrize("is_stored", [True, False])
def test_a_revoked_token_begins_nothing_anew_whatever_was_stored(store: AtomicSessionStore, is_stored: bool) -> None:  # noqa: FBT001 - a parameter of the test
    sessions = Sessions(store)
    session = sessions.open_issued(new_session_id())
    running = sessions.open_issued(session.token)
    if is_stored:
        session["a"] = 1
        session.save()
    assert sessions.revoke(session) is is_stored
    with pytest.raises(SessionGoneError):
        sessions.open_issued(session.token)
    running["b"] = 2
    with pytest.raises(SessionGoneError):
        running.save()
    assert sessions.open(session.token) is None
