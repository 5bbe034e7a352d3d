from __future__ import annotations

import datetime as dt
import logging
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr, ValidationError

from fluxlit_sessions import (
    AtomicSessionStore,
    InMemorySessionStore,
    SessionTooLargeError,
    ensure_url_session,
    hydrate_url_session,
    hydrate_url_session_typed,
    new_session_id,
    persist_url_session,
)
from fluxlit_sessions.url_sessions import snapshot


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FLUXLIT_TESTS", "FLUXLIT_DISABLE_URL_SESSION", "FLUXLIT_URL_SESSION_QUERY_PARAM"):
        monkeypatch.delenv(name, raising=False)
    # Each test is the first page of its process.
    monkeypatch.setattr(snapshot, "_announced", set[tuple[str, str]]())


def page(query: dict[str, Any] | None = None, /, **state: Any) -> Any:
    return SimpleNamespace(query_params={} if query is None else query, session_state=state)


def issued(store: Any, **values: Any) -> str:
    return ensure_url_session(page(), store, initial=values)


def test_an_id_is_url_safe_and_of_43_characters() -> None:
    ids = {new_session_id() for _ in range(100)}
    assert len(ids) == 100
    assert {len(sid) for sid in ids} == {43}
    assert all(sid.replace("-", "").replace("_", "").isalnum() for sid in ids)


def test_a_page_without_an_id_gets_one(store: AtomicSessionStore) -> None:
    st = page()
    sid = ensure_url_session(st, store, initial={"count": 1})
    assert st.query_params == {"fluxlit_sid": sid}
    assert store.get(sid) == {"count": 1}
    assert ensure_url_session(st, store) == sid


def test_state_survives_a_reload(store: AtomicSessionStore) -> None:
    st = page()
    sid = ensure_url_session(st, store)
    st.session_state.update(count=3, name="Ann", filters={"years": [2025, 2026]})
    assert persist_url_session(st, store) == sid
    again = page({"fluxlit_sid": sid})
    assert hydrate_url_session(again, store) == sid
    assert again.session_state == {"count": 3, "name": "Ann", "filters": {"years": [2025, 2026]}}


def test_initial_values_are_merged_over_what_is_stored() -> None:
    store = InMemorySessionStore()
    sid = issued(store, a=1, b=2)
    assert ensure_url_session(page({"fluxlit_sid": sid}), store, initial={"b": 3}) == sid
    assert store.get(sid) == {"a": 1, "b": 3}
    ensure_url_session(page({"fluxlit_sid": sid}), store, initial={})
    assert store.get(sid) == {"a": 1, "b": 3}


@pytest.mark.parametrize(("merge", "expected"), [(True, {"a": "page", "b": 2}), (False, {"a": 1, "b": 2})])
def test_hydrate_fills_in_or_overwrites(merge: bool, expected: dict[str, Any]) -> None:  # noqa: FBT001 - a parameter
    store = InMemorySessionStore()
    st = page({"fluxlit_sid": issued(store, a=1, b=2)}, a="page")
    hydrate_url_session(st, store, merge=merge)
    assert st.session_state == expected


def test_without_an_id_nothing_is_read_or_written() -> None:
    store = InMemorySessionStore()
    st = page(a=1)
    assert hydrate_url_session(st, store) is None
    assert persist_url_session(st, store) is None
    assert hydrate_url_session_typed(st, store, Settings) == (None, None)
    assert list(store.iterate()) == []


def test_an_unknown_id_leaves_the_page_alone() -> None:
    st = page({"fluxlit_sid": "unknown"}, a=1)
    assert hydrate_url_session(st, InMemorySessionStore()) == "unknown"
    assert st.session_state == {"a": 1}


def test_a_lifetime_can_be_given() -> None:
    now = [0.0]
    store = InMemorySessionStore(clock=lambda: now[0])
    st = page()
    sid = ensure_url_session(st, store, ttl_seconds=10)
    now[0] = 9
    persist_url_session(st, store, ttl_seconds=10)
    now[0] = 18
    assert store.get(sid) == {}
    now[0] = 19
    assert store.get(sid) is None


def test_the_parameter_is_the_argument_else_the_setting_else_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    store = InMemorySessionStore()
    monkeypatch.setenv("FLUXLIT_URL_SESSION_QUERY_PARAM", "s")
    assert list(query_of(store, "mine")) == ["mine"]
    assert list(query_of(store, None)) == ["s"]
    assert list(query_of(store, " ")) == ["s"]
    monkeypatch.setenv("FLUXLIT_URL_SESSION_QUERY_PARAM", " ")
    assert list(query_of(store, None)) == ["fluxlit_sid"]


def query_of(store: InMemorySessionStore, param: str | None) -> dict[str, str]:
    st = page()
    ensure_url_session(st, store, param=param)
    return st.query_params


@pytest.mark.parametrize(
    ("environment", "disabled"),
    [
        ({}, False),
        ({"FLUXLIT_DISABLE_URL_SESSION": "YES"}, True),
        ({"FLUXLIT_DISABLE_URL_SESSION": "0"}, False),
        ({"FLUXLIT_TESTS": "1"}, True),
        ({"FLUXLIT_TESTS": "1", "FLUXLIT_FORCE_URL_SESSION_IN_TESTS": "on"}, False),
        ({"FLUXLIT_DISABLE_URL_SESSION": "true", "FLUXLIT_FORCE_URL_SESSION_IN_TESTS": "on"}, True),
    ],
)
def test_the_environment_turns_url_sessions_off(
    environment: dict[str, str],
    disabled: bool,  # noqa: FBT001 - a parameter of the test
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = InMemorySessionStore()
    sid = issued(store, a=1)
    monkeypatch.delenv("FLUXLIT_FORCE_URL_SESSION_IN_TESTS", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    st = page({"fluxlit_sid": sid}, b=2)
    assert ensure_url_session(st, store) == sid
    assert (ensure_url_session(page(), store) == "") is disabled
    assert (hydrate_url_session(st, store) is None) is disabled
    assert (hydrate_url_session_typed(st, store, Settings) == (None, None)) is disabled
    assert (persist_url_session(st, store) is None) is disabled


def test_a_page_that_cannot_change_its_address_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    class Frozen(dict[str, str]):
        def __setitem__(self, key: str, value: str) -> None:
            raise RuntimeError("no query in a fragment")

    store = InMemorySessionStore()
    sid = ensure_url_session(page(Frozen()), store, initial={"a": 1})
    assert store.get(sid) == {"a": 1}
    assert "could not be put into the query parameter 'fluxlit_sid'" in caplog.text


class Settings(BaseModel):
    day: dt.date = dt.date(2026, 1, 1)
    limit: Decimal = Decimal(0)


def test_dates_and_tuples_come_back_as_they_were(store: AtomicSessionStore) -> None:
    values: dict[str, Any] = {
        "day": dt.date(2026, 5, 1),
        "days": (dt.date(2026, 5, 1), dt.date(2026, 5, 2)),
        "moment": dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC),
        "at": dt.time(9, 30),
        "within": dt.timedelta(minutes=5),
        "price": Decimal("1.10"),
        "range": (1, 2.5),
        "plain": ["2026-05-01"],
    }
    st = page({"fluxlit_sid": issued(store)}, **values)
    sid = persist_url_session(st, store)
    again = page({"fluxlit_sid": sid})
    hydrate_url_session(again, store)
    assert again.session_state == values
    # Another value of the same name is no date any more.
    ensure_url_session(again, store, initial={"day": "someday", "price": Decimal(2)})
    last = page({"fluxlit_sid": sid})
    hydrate_url_session(last, store)
    assert last.session_state == {**values, "day": "someday", "price": Decimal(2)}


def test_typed_values_arrive_with_their_types() -> None:
    store = InMemorySessionStore()
    st = page({"fluxlit_sid": issued(store, day=dt.date(2026, 5, 1), other=[1])})
    sid, settings = hydrate_url_session_typed(st, store, Settings)
    assert sid == st.query_params["fluxlit_sid"]
    assert settings == Settings(day=dt.date(2026, 5, 1))
    assert st.session_state == {"day": dt.date(2026, 5, 1), "other": [1]}


def test_values_that_do_not_fit_touch_nothing(caplog: pytest.LogCaptureFixture) -> None:
    store = InMemorySessionStore()
    st = page({"fluxlit_sid": issued(store, day="never", note="private")})
    sid, settings = hydrate_url_session_typed(st, store, Settings)
    assert (sid, settings) == (st.query_params["fluxlit_sid"], None)
    assert st.session_state == {}
    assert "does not fit Settings and is not used: day" in caplog.text
    assert "never" not in caplog.text
    with pytest.raises(ValidationError):
        hydrate_url_session_typed(st, store, Settings, strict=True)
    assert st.session_state == {}
    assert hydrate_url_session_typed(page({"fluxlit_sid": "unknown"}), store, Settings) == ("unknown", None)


def test_s7_an_id_that_the_server_did_not_issue_is_not_adopted(store: AtomicSessionStore) -> None:
    st = page({"fluxlit_sid": "attacker"}, private="diary")
    sid = ensure_url_session(st, store, initial={"a": 1})
    assert sid != "attacker"
    assert st.query_params == {"fluxlit_sid": sid}
    assert store.get("attacker") is None

    persisted = page({"fluxlit_sid": "attacker"}, private="diary")
    new = persist_url_session(persisted, store)
    assert new not in {None, "attacker"}
    assert persisted.query_params == {"fluxlit_sid": new}
    assert store.get("attacker") is None
    assert store.get(str(new)) == {"private": "diary"}


@pytest.mark.parametrize("sid", ["x" * 5000, "\ud800", "../../etc/passwd", "\x00"])
def test_s7_nor_is_an_id_that_no_store_can_keep(sid: str, store: AtomicSessionStore) -> None:
    st = page({"fluxlit_sid": sid}, a=1)
    assert hydrate_url_session(st, store) == sid
    assert persist_url_session(st, store) != sid


def test_s7_what_could_be_a_path_is_not_even_asked_for() -> None:
    asked: list[str] = []

    class Files(InMemorySessionStore):
        def get(self, sid: str) -> dict[str, Any] | None:
            asked.append(sid)
            return super().get(sid)

    store = Files()
    for sid in ("../../etc/passwd", "a/b", "a\\b", ".", "a b", "a\n", "x" * 129):
        hydrate_url_session(page({"fluxlit_sid": sid}), store)
    hydrate_url_session(page({"fluxlit_sid": "mine_1-A"}), store)
    assert asked == ["mine_1-A"]


def test_s7_secrets_are_not_stored(store: AtomicSessionStore, caplog: pytest.LogCaptureFixture) -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"
    st = page(
        {"fluxlit_sid": issued(store)},
        fluxlit_access_token="opaque",
        user_password="hunter2",
        settings={"theme": "dark", "apiKey": "k-1"},
        result=[{"answer": token}],
        header="Bearer abc",
        key=SecretStr("hidden"),
        max_tokens=500,
        show_password=True,
        token="",
        tokenizer="bpe",
        name="Ann",
    )
    persist_url_session(st, store)
    assert store.get(st.query_params["fluxlit_sid"]) == {
        "max_tokens": 500,
        "show_password": True,
        "token": "",
        "tokenizer": "bpe",
        "name": "Ann",
    }
    assert "session_state['settings']: 'settings.apiKey' looks like a secret" in caplog.text
    for secret in ("opaque", "hunter2", "k-1", token, "abc", "hidden"):
        assert secret not in caplog.text


def test_s7_secrets_among_the_initial_values_are_not_stored_either() -> None:
    store = InMemorySessionStore()
    assert store.get(issued(store, refresh_token="opaque", a=1)) == {"a": 1}


def test_u1_values_that_are_not_json_are_left_out_and_named(
    store: AtomicSessionStore, caplog: pytest.LogCaptureFixture
) -> None:
    class ApiClient:
        """What the defect tripped over: a cached client in the state."""

    st = page({"fluxlit_sid": issued(store)}, client_u1=ApiClient(), count=1, __internal="x", rows={"a": {1, 2}})
    sid = persist_url_session(st, store)
    assert store.get(str(sid)) == {"count": 1}
    assert "URL session leaves out session_state['client_u1']" in caplog.text
    assert "'rows.a'" in caplog.text


def test_u1_what_is_left_out_is_a_warning_once_and_not_at_each_click(caplog: pytest.LogCaptureFixture) -> None:
    store = InMemorySessionStore()
    st = page({"fluxlit_sid": issued(store)}, only_here=object())
    with caplog.at_level(logging.WARNING, "fluxlit.url_session"):
        for _ in range(3):
            persist_url_session(st, store)
    assert caplog.text.count("session_state['only_here']") == 1


def test_u1_a_state_that_is_too_large_is_a_warning_and_what_was_stored_stays(caplog: pytest.LogCaptureFixture) -> None:
    store = InMemorySessionStore(max_bytes=100)
    sid = issued(store, a=1)
    assert persist_url_session(page({"fluxlit_sid": sid}, big="x" * 200), store) == sid
    assert store.get(sid) == {"a": 1}
    assert "largest keys: 'big'" in caplog.text
    with pytest.raises(SessionTooLargeError):
        ensure_url_session(page(), store, initial={"big": "x" * 200})


def test_a_state_that_cannot_be_read_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(dict[str, Any]):
        def keys(self) -> Any:
            raise RuntimeError("no script runs")

    store = InMemorySessionStore()
    sid = issued(store, a=1)
    st = page({"fluxlit_sid": sid})
    st.session_state = Broken()
    assert persist_url_session(st, store) == sid
    assert store.get(sid) == {"a": 1}
    assert "session_state cannot be read" in caplog.text


def test_the_filtered_state_is_preferred_where_there_is_one() -> None:
    class State(dict[str, Any]):
        filtered_state: dict[str, Any] = {"visible": 1, "__hidden": 2}  # noqa: RUF012 - a stand-in for a property

    store = InMemorySessionStore()
    st = page({"fluxlit_sid": issued(store)})
    st.session_state = State(visible=1, internal=2)
    assert store.get(str(persist_url_session(st, store))) == {"visible": 1}


def test_a_session_bound_to_a_browser_opens_nowhere_else(store: AtomicSessionStore) -> None:
    st = page()
    sid = ensure_url_session(st, store, initial={"a": 1}, browser="cookie of ann")
    at_home = page({"fluxlit_sid": sid})
    assert hydrate_url_session(at_home, store, browser="cookie of ann") == sid
    assert at_home.session_state == {"a": 1}
    assert persist_url_session(at_home, store, browser="cookie of ann") == sid
    for thief in ("cookie of eve", None):
        elsewhere = page({"fluxlit_sid": sid}, mine="eve")
        hydrate_url_session(elsewhere, store, browser=thief)
        assert elsewhere.session_state == {"mine": "eve"}
        assert hydrate_url_session_typed(elsewhere, store, Settings, browser=thief) == (sid, None)
        assert persist_url_session(elsewhere, store, browser=thief) != sid
        assert ensure_url_session(page({"fluxlit_sid": sid}), store, browser=thief) != sid
    again = page({"fluxlit_sid": sid})
    hydrate_url_session(again, store, browser="cookie of ann")
    assert again.session_state == {"a": 1}
    assert "cookie of ann" not in str(store.get(sid))
