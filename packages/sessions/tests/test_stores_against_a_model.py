from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from fluxlit_sessions import AtomicSessionStore, InMemorySessionStore, SQLiteSessionStore

# Few ids, so that rules meet on the same session; with the characters that stores treat specially.
SIDS = st.sampled_from(["", "a", "ab", "a*", "user:1", "user:{2}", "日本"])
VALUES = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=5,
    ),
    max_size=3,
)
LIFETIMES = st.sampled_from([None, 0, 5, 50])
DEFAULT_SECONDS = 20


class Clock:
    """Seconds that pass when the machine says so."""

    def __init__(self) -> None:
        self.now = 1_000_000.5

    def __call__(self) -> float:
        return self.now


class StoreMachine(RuleBasedStateMachine):
    """A store beside a dict; both are asked the same."""

    versions = Bundle("versions")

    def __init__(self, store: AtomicSessionStore, clock: Clock | None) -> None:
        super().__init__()
        self.store = store
        self.clock = clock
        self.time = Clock() if clock is None else clock
        self.model: dict[str, tuple[dict[str, Any], float | None]] = {}

    @initialize()
    def begin_empty(self) -> None:
        for sid in list(self.store.iterate()):
            self.store.delete(sid)

    def expiry(self, ttl: float | None) -> float | None:
        seconds = DEFAULT_SECONDS if ttl is None else ttl
        return self.time.now + seconds if seconds > 0 else None

    def scaled(self, ttl: float | None) -> float | None:
        """Without a clock to turn, 5 seconds of the model are 5,000 real ones: nothing expires meanwhile."""
        return ttl if self.clock is not None or ttl is None else ttl * 1000

    def live(self, sid: str) -> dict[str, Any] | None:
        data, expires_at = self.model.get(sid, (None, None))
        return data if expires_at is None or expires_at > self.time.now else None

    @rule(sid=SIDS, data=VALUES, ttl=LIFETIMES)
    def set(self, sid: str, data: dict[str, Any], ttl: float | None) -> None:
        self.store.set(sid, data, ttl_seconds=self.scaled(ttl))
        self.model[sid] = (data, self.expiry(ttl))

    @rule(sid=SIDS)
    def get(self, sid: str) -> None:
        assert self.store.get(sid) == self.live(sid)

    @rule(sid=SIDS)
    def delete(self, sid: str) -> None:
        self.store.delete(sid)
        self.model.pop(sid, None)

    @rule(sid=SIDS)
    def pop(self, sid: str) -> None:
        assert self.store.pop(sid) == self.live(sid)
        self.model.pop(sid, None)

    @rule(sid=SIDS, ttl=LIFETIMES)
    def touch(self, sid: str, ttl: float | None) -> None:
        data = self.live(sid)
        assert self.store.touch(sid, ttl_seconds=self.scaled(ttl)) is (data is not None)
        if data is not None:
            self.model[sid] = (data, self.expiry(ttl))

    @rule(target=versions, sid=SIDS)
    def read_version(self, sid: str) -> str | None:
        stored = self.store.get_versioned(sid)
        assert (None if stored is None else stored.data) == self.live(sid)
        return None if stored is None else stored.version

    @rule(sid=SIDS, data=VALUES, ttl=LIFETIMES)
    def write_what_was_read(self, sid: str, data: dict[str, Any], ttl: float | None) -> None:
        stored = self.store.get_versioned(sid)
        expected = None if stored is None else stored.version
        assert self.store.compare_and_set(sid, data, expected=expected, ttl_seconds=self.scaled(ttl)) is not None
        self.model[sid] = (data, self.expiry(ttl))

    @rule(sid=SIDS, data=VALUES, expected=versions)
    def write_over_some_version(self, sid: str, data: dict[str, Any], expected: str | None) -> None:
        stored = self.store.get_versioned(sid)
        current = None if stored is None else stored.version
        written = self.store.compare_and_set(sid, data, expected=expected)
        assert (written is not None) is (current == expected)
        if written is not None:
            self.model[sid] = (data, self.expiry(None))

    @rule(prefix=st.sampled_from(["", "a", "user:", "a*", "user:{"]))
    def iterate(self, prefix: str) -> None:
        expected = [sid for sid in self.model if sid.startswith(prefix) and self.live(sid) is not None]
        assert sorted(self.store.iterate(prefix)) == sorted(expected)

    @rule(seconds=st.sampled_from([1, 10, 30]))
    def let_time_pass(self, seconds: int) -> None:
        if self.clock is not None:
            self.clock.now += seconds

    @rule()
    def purge(self) -> None:
        self.store.purge()

    @invariant()
    def everything_agrees(self) -> None:
        live = {sid: data for sid in self.model if (data := self.live(sid)) is not None}
        assert {sid: self.store.get(sid) for sid in live} == live


LIMITS = settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def run_against(store: AtomicSessionStore, clock: Clock | None) -> None:
    class Machine(StoreMachine):
        def __init__(self) -> None:
            super().__init__(store, clock)

    run_state_machine_as_test(Machine, settings=LIMITS)


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_a_store_with_a_clock_behaves_like_a_dict_with_expiry(kind: str, tmp_path: Any) -> None:
    clock = Clock()
    store: AtomicSessionStore
    if kind == "memory":
        store = InMemorySessionStore(clock=clock, default_ttl_seconds=DEFAULT_SECONDS)
    else:
        store = SQLiteSessionStore(tmp_path / "s.db", clock=clock, default_ttl_seconds=DEFAULT_SECONDS)
    run_against(store, clock)
    store.close()


def test_every_store_behaves_like_a_dict(store: AtomicSessionStore) -> None:
    # Redis has no clock to turn: nothing expires here while the machine runs.
    run_against(store, None)
