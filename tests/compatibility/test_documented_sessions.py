"""URL sessions and their store as 0.13.2 documents them."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from fluxlit import (
    InMemorySessionStore,
    SessionStore,
    ensure_url_session,
    hydrate_url_session,
    hydrate_url_session_typed,
    new_session_id,
    persist_url_session,
)


class Page:
    """What the functions need of `st`."""

    def __init__(self, **query: str) -> None:
        self.query_params: dict[str, str] = query
        self.session_state: dict[str, Any] = {}


class Draft(BaseModel):
    stars: int = 0


@pytest.fixture(autouse=True)
def in_an_application(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FLUXLIT_TESTS", "FLUXLIT_FORCE_URL_SESSION_IN_TESTS", "FLUXLIT_DISABLE_URL_SESSION"):
        monkeypatch.delenv(name, raising=False)


def test_ids_are_of_43_characters_and_never_the_same() -> None:
    assert len(new_session_id()) == 43
    assert new_session_id() != new_session_id()


def test_a_store_is_whatever_has_the_three_methods() -> None:
    class Mine:
        def get(self, sid: str) -> dict[str, Any] | None: ...
        def set(self, sid: str, data: dict[str, Any], *, ttl_seconds: float | None = None) -> None: ...
        def delete(self, sid: str) -> None: ...

    assert isinstance(Mine(), SessionStore)
    assert isinstance(InMemorySessionStore(), SessionStore)
    assert not isinstance(object(), SessionStore)


def test_the_store_in_memory_keeps_copies_within_its_bounds() -> None:
    store = InMemorySessionStore(max_entries=2)
    data = {"a": 1}
    for sid in ("one", "two", "three"):
        store.set(sid, data)
    data["a"] = 2

    assert store.get("one") is None
    assert store.get("three") == {"a": 1}
    store.delete("three")
    assert store.get("three") is None


def test_a_session_begins_with_what_is_given_and_is_found_again() -> None:
    store = InMemorySessionStore()
    first = Page()

    sid = ensure_url_session(first, store, initial={"stars": 1})

    assert first.query_params == {"fluxlit_sid": sid}
    assert store.get(sid) == {"stars": 1}
    first.session_state["text"] = "x"
    assert persist_url_session(first, store) == sid
    second = Page(fluxlit_sid=sid)
    second.session_state["text"] = "own"
    assert ensure_url_session(second, store) == sid
    hydrate_url_session(second, store)
    assert second.session_state["text"] == "own"
    hydrate_url_session(second, store, merge=False)
    assert second.session_state["text"] == "x"


def test_the_parameter_may_have_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    store, page = InMemorySessionStore(), Page()
    assert set(page.query_params) == set()

    ensure_url_session(page, store, param="sid")
    assert set(page.query_params) == {"sid"}
    monkeypatch.setenv("FLUXLIT_URL_SESSION_QUERY_PARAM", "other")
    named = Page()
    ensure_url_session(named, store)
    assert set(named.query_params) == {"other"}


@pytest.mark.parametrize(
    ("environment", "is_on"),
    [
        ({}, True),
        ({"FLUXLIT_TESTS": "1"}, False),
        ({"FLUXLIT_TESTS": "on", "FLUXLIT_FORCE_URL_SESSION_IN_TESTS": "yes"}, True),
        ({"FLUXLIT_DISABLE_URL_SESSION": "TRUE", "FLUXLIT_FORCE_URL_SESSION_IN_TESTS": "1"}, False),
    ],
)
def test_the_environment_turns_it_off(
    environment: dict[str, str],
    is_on: bool,  # noqa: FBT001 - a case
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    store, page = InMemorySessionStore(), Page()

    assert bool(ensure_url_session(page, store)) is is_on
    assert (persist_url_session(page, store) is not None) is is_on
    assert (hydrate_url_session_typed(page, store, Draft) != (None, None)) is is_on


def test_a_typed_session_is_checked_before_the_page_sees_it() -> None:
    store, page = InMemorySessionStore(), Page()
    sid = ensure_url_session(page, store, initial={"stars": "many"})

    assert hydrate_url_session_typed(page, store, Draft) == (sid, None)
    assert page.session_state == {}
    with pytest.raises(ValidationError):
        hydrate_url_session_typed(page, store, Draft, strict=True)
