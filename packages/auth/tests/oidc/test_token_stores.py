from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from fluxlit_auth import InMemoryOIDCBFFTokenStore, OIDCBFFTokenStore, SharedOIDCBFFTokenStore, pkce_pair
from fluxlit_auth.oidc.authlib_calls import code_challenge
from fluxlit_sessions import InMemorySessionStore, open_store


@pytest.fixture(params=["memory", "shared memory", "shared file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OIDCBFFTokenStore]:
    if request.param == "memory":
        yield InMemoryOIDCBFFTokenStore()
        return
    sessions = open_store("memory://" if request.param == "shared memory" else f"sqlite:///{tmp_path}/logins.sqlite")
    yield SharedOIDCBFFTokenStore(sessions)
    sessions.close()


def test_what_was_saved_comes_out_once(store: OIDCBFFTokenStore) -> None:
    store.save_pkce_verifier("same", "verifier", now=0)
    store.save_exchange_token("same", "token", now=0)

    assert [store.pop_pkce_verifier("same", now=1) for _ in range(2)] == ["verifier", None]
    assert [store.pop_exchange_token("same", now=1) for _ in range(2)] == ["token", None]
    assert store.pop_exchange_token("\ud800 never saved", now=1) is None


def test_of_many_that_ask_at_once_one_gets_it(store: OIDCBFFTokenStore) -> None:
    store.save_exchange_token("code", "token", now=0)

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(store.pop_exchange_token, "code", now=0) for _ in range(64)]
    got = [each.result() for each in asked]

    assert sorted(got, key=str) == [None] * 63 + ["token"]


def test_each_kind_ages_by_its_own_limit() -> None:
    store = InMemoryOIDCBFFTokenStore(state_ttl_seconds=600, otc_ttl_seconds=120)
    for number, age in enumerate((600, 601)):
        store.save_pkce_verifier(f"s{number}", "v", now=0)
        assert (store.pop_pkce_verifier(f"s{number}", now=age) is not None) is (age == 600)
    for number, age in enumerate((120, 121)):
        store.save_exchange_token(f"c{number}", "t", now=1000)
        assert (store.pop_exchange_token(f"c{number}", now=1000 + age) is not None) is (age == 120)


class CountingEntries(OrderedDict[bytes, tuple[str, float]]):
    """Counts how often somebody looks at entries."""

    looks = 0

    def values(self) -> Any:
        self.looks += 1
        return super().values()


def test_j2_every_call_costs_the_same_however_many_logins_have_begun() -> None:
    """Contract section 10, J2: 20,000 begun logins took 13 s, as each call looked through all of them."""
    store = InMemoryOIDCBFFTokenStore()
    entries = store._verifiers._entries = CountingEntries()
    for number in range(20_000):
        store.save_pkce_verifier(f"state-{number}", "v", now=0)
    assert (len(entries), entries.looks) == (20_000, 20_000), "one look for each call"

    assert store.pop_pkce_verifier("state-7", now=601) is None
    assert (len(entries), entries.looks) == (0, 40_000), "each expired login is looked at once"


def test_j2_the_store_is_bounded_and_the_oldest_go_first() -> None:
    store = InMemoryOIDCBFFTokenStore(max_entries=1000)
    for number in range(5000):
        store.save_pkce_verifier(f"state-{number}", "v", now=0)

    assert len(store._verifiers._entries) == 1000
    assert store.pop_pkce_verifier("state-4000", now=1) == "v"
    assert store.pop_pkce_verifier("state-3999", now=1) is None


def test_saving_again_renews_the_age() -> None:
    store = InMemoryOIDCBFFTokenStore(otc_ttl_seconds=10)
    store.save_exchange_token("a", "old", now=0)
    store.save_exchange_token("b", "b", now=5)
    store.save_exchange_token("a", "new", now=9)

    assert store.pop_exchange_token("a", now=18) == "new"
    assert store.pop_exchange_token("b", now=18) is None


def test_a_store_holds_nothing_that_can_be_used() -> None:
    sessions = InMemorySessionStore()
    SharedOIDCBFFTokenStore(sessions).save_exchange_token("the-code", "token", now=0)

    assert not any("the-code" in key for key in sessions.iterate())


def test_a_verifier_and_its_challenge_fit() -> None:
    verifier, challenge = pkce_pair()

    assert (len(verifier), len(challenge)) == (64, 43)
    assert code_challenge(verifier) == challenge
    # RFC 7636 appendix B
    assert (
        code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )
