from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from fluxlit_sessions import (
    AsyncSessionStore,
    AtomicSessionStore,
    DeferredSessionStore,
    InvalidSessionIdError,
    SessionStore,
    SessionTooLargeError,
    StoreClosedError,
    UnsupportedValueError,
    new_session_id,
)
from fluxlit_sessions.stores.faces import AsyncFace, inline

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture(params=["threads", "coroutines"])
async def face(request: pytest.FixtureRequest, store: AtomicSessionStore) -> AsyncIterator[AsyncSessionStore]:
    """Every store in both shapes, so that one suite holds for both."""
    made: AsyncSessionStore = AsyncFace(store, inline) if request.param == "threads" else store.async_face()
    yield made
    await made.close()


async def listed(face: AsyncSessionStore, prefix: str = "") -> list[str]:
    return sorted([sid async for sid in face.iterate(prefix)])


async def gone(face: AsyncSessionStore, sid: str) -> None:
    """Wait until a session has expired; the server's clock cannot be turned."""
    with anyio.fail_after(30):
        while await face.get(sid) is not None:
            await anyio.lowlevel.checkpoint()


def test_stores_and_their_faces_meet_the_protocols(store: AtomicSessionStore) -> None:
    assert isinstance(store, SessionStore)
    assert isinstance(store, AtomicSessionStore)
    assert isinstance(AsyncFace(store, inline), AsyncSessionStore)


async def test_an_unknown_session_is_none(face: AsyncSessionStore) -> None:
    assert await face.get(new_session_id()) is None
    assert await face.get_versioned("x") is None
    assert await face.pop("x") is None
    assert await face.touch("x") is False
    await face.delete("x")


async def test_what_was_set_comes_back(face: AsyncSessionStore) -> None:
    data: dict[str, Any] = {"a": [1, 2.5, None, True], "b": {"c": "日本 \ud83d \x00 \U0001f600"}, "": "", "big": 2**70}
    await face.set("x", data)
    assert await face.get("x") == data


async def test_an_empty_session_is_a_session(face: AsyncSessionStore) -> None:
    await face.set("x", {})
    assert await face.get("x") == {}
    assert await face.pop("x") == {}


async def test_set_replaces_and_does_not_merge(face: AsyncSessionStore) -> None:
    await face.set("x", {"a": 1, "b": 2})
    await face.set("x", {"b": 3})
    assert await face.get("x") == {"b": 3}


async def test_what_is_returned_is_a_copy(face: AsyncSessionStore) -> None:
    given: dict[str, Any] = {"list": [1]}
    await face.set("x", given)
    given["list"].append(2)
    got = await face.get("x")
    assert got is not None
    assert got == {"list": [1]}
    got["list"].append(3)
    assert await face.get("x") == {"list": [1]}


async def test_delete_forgets(face: AsyncSessionStore) -> None:
    await face.set("x", {"a": 1})
    await face.delete("x")
    assert await face.get("x") is None
    assert await listed(face) == []


@pytest.mark.parametrize("sid", ["", " ", "a/b?c=d", "{x}", "}{", "*", "[a]", "\\", "日本語", "a\x00b", "x" * 512])
async def test_any_text_can_be_an_id(face: AsyncSessionStore, sid: str) -> None:
    await face.set(sid, {"a": 1})
    assert await face.get(sid) == {"a": 1}
    assert await listed(face) == [sid]
    assert await listed(face, sid) == [sid]
    assert await face.pop(sid) == {"a": 1}


@pytest.mark.parametrize("sid", ["x" * 513, "\ud800"])
async def test_an_impossible_id_is_unknown_and_cannot_be_written(face: AsyncSessionStore, sid: str) -> None:
    assert await face.get(sid) is None
    assert await face.pop(sid) is None
    assert await face.touch(sid) is False
    assert await listed(face, sid) == []
    await face.delete(sid)
    with pytest.raises(InvalidSessionIdError) as refused:
        await face.set(sid, {})
    assert sid not in str(refused.value)


async def test_pop_reads_and_deletes_once(face: AsyncSessionStore) -> None:
    await face.set("code", {"user": "ann"})
    assert await face.pop("code") == {"user": "ann"}
    assert await face.pop("code") is None


async def test_of_many_pops_one_gets_the_data(face: AsyncSessionStore) -> None:
    await face.set("code", {"user": "ann"})
    got: list[dict[str, Any]] = []

    async def take() -> None:
        data = await face.pop("code")
        if data is not None:
            got.append(data)

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(take)
    assert got == [{"user": "ann"}]


async def test_compare_and_set_writes_over_the_version_that_was_read(face: AsyncSessionStore) -> None:
    await face.set("x", {"n": 1})
    stored = await face.get_versioned("x")
    assert stored is not None
    version = await face.compare_and_set("x", {"n": 2}, expected=stored.version)
    assert version is not None
    assert version != stored.version
    again = await face.get_versioned("x")
    assert again is not None
    assert (again.data, again.version) == ({"n": 2}, version)


async def test_compare_and_set_refuses_after_another_write(face: AsyncSessionStore) -> None:
    await face.set("x", {"n": 1})
    stored = await face.get_versioned("x")
    assert stored is not None
    await face.set("x", {"n": 1})
    assert await face.compare_and_set("x", {"n": 9}, expected=stored.version) is None
    assert await face.get("x") == {"n": 1}


async def test_a_version_is_never_used_again_even_after_delete(face: AsyncSessionStore) -> None:
    await face.set("x", {"n": 1})
    stored = await face.get_versioned("x")
    assert stored is not None
    await face.delete("x")
    assert await face.compare_and_set("x", {"n": 9}, expected=stored.version) is None
    await face.set("x", {"n": 1})
    assert await face.compare_and_set("x", {"n": 9}, expected=stored.version) is None


async def test_compare_and_set_creates_only_what_is_missing(face: AsyncSessionStore) -> None:
    assert await face.compare_and_set("x", {"n": 1}, expected=None) is not None
    assert await face.compare_and_set("x", {"n": 2}, expected=None) is None
    assert await face.compare_and_set("x", {"n": 2}, expected="") is None
    assert await face.compare_and_set("y", {"n": 2}, expected="") is None
    assert await face.get("x") == {"n": 1}
    assert await face.get("y") is None


async def test_a_session_expires_after_its_seconds(face: AsyncSessionStore) -> None:
    await face.set("short", {"a": 1}, ttl_seconds=0.05)
    await face.set("long", {"a": 1}, ttl_seconds=1000)
    await gone(face, "short")
    assert await face.get("long") == {"a": 1}
    assert await listed(face) == ["long"]
    assert await face.pop("short") is None
    assert await face.touch("short") is False
    assert await face.compare_and_set("short", {"b": 1}, expected=None) is not None


@pytest.mark.parametrize("ttl_seconds", [0, -1, math.inf, 1e300])
async def test_zero_or_less_seconds_and_infinity_mean_for_ever(face: AsyncSessionStore, ttl_seconds: float) -> None:
    await face.set("x", {"a": 1}, ttl_seconds=ttl_seconds)
    assert await face.get("x") == {"a": 1}
    assert await face.touch("x", ttl_seconds=ttl_seconds) is True
    assert await face.get("x") == {"a": 1}


async def test_a_lifetime_that_is_no_number_is_refused(face: AsyncSessionStore) -> None:
    with pytest.raises(ValueError, match="nan is no number of seconds"):
        await face.set("x", {}, ttl_seconds=math.nan)


async def test_touch_gives_another_lifetime_and_keeps_data_and_version(face: AsyncSessionStore) -> None:
    await face.set("x", {"a": 1})
    before = await face.get_versioned("x")
    assert await face.touch("x", ttl_seconds=0) is True
    assert await face.touch("x", ttl_seconds=1000) is True
    assert await face.get_versioned("x") == before
    assert await face.touch("x", ttl_seconds=0.05) is True
    await gone(face, "x")


async def test_iterate_names_the_ids_with_a_prefix(face: AsyncSessionStore) -> None:
    for sid in ("user:1", "user:2", "user*", "users", "other", "日本"):
        await face.set(sid, {})
    assert await listed(face, "user:") == ["user:1", "user:2"]
    assert await listed(face, "user*") == ["user*"]
    assert await listed(face, "日") == ["日本"]
    assert await listed(face, "nobody") == []
    assert len(await listed(face)) == 6


async def test_iterate_goes_beyond_one_page(face: AsyncSessionStore) -> None:
    names = sorted(f"s{number:04}" for number in range(1203))
    for name in names:
        await face.set(name, {})
    assert await listed(face, "s") == names


async def test_purge_leaves_what_lives(face: AsyncSessionStore) -> None:
    await face.set("short", {}, ttl_seconds=0.05)
    await face.set("long", {})
    await gone(face, "short")
    await face.purge()
    assert await listed(face) == ["long"]


async def test_a_value_that_is_not_json_is_refused_by_name_and_nothing_is_written(face: AsyncSessionStore) -> None:
    await face.set("x", {"a": 1})
    with pytest.raises(UnsupportedValueError, match=r"'cart\.items\[1\]'.*builtins\.object"):
        await face.set("x", {"b": 2, "cart": {"items": [1, object()]}})
    assert await face.get("x") == {"a": 1}


async def test_a_session_that_is_too_large_is_refused(face: AsyncSessionStore) -> None:
    with pytest.raises(SessionTooLargeError, match=r"max_bytes=1048576; largest keys: 'big' \(1200002 bytes\)"):
        await face.set("x", {"big": "x" * 1_200_000, "small": 1})
    assert await face.get("x") is None


async def test_a_session_of_nearly_the_limit_is_kept(face: AsyncSessionStore) -> None:
    data = {"big": "x" * 1_048_000}
    await face.set("x", data)
    assert await face.get("x") == data


def test_a_closed_store_says_so(store: AtomicSessionStore) -> None:
    if isinstance(store, DeferredSessionStore):
        store = store.store  # it opens anew itself, see test_deferred_store.py
    store.set("x", {})
    store.close()
    store.close()
    with pytest.raises(StoreClosedError, match="was closed"):
        store.get("x")
    with pytest.raises(StoreClosedError, match="was closed"):
        store.set("x", {})


def test_a_store_can_be_opened_again(store: AtomicSessionStore, open_again: Any) -> None:
    store.set("x", {"a": 1})
    expected = None if type(store).__name__ == "InMemorySessionStore" else {"a": 1}
    assert open_again().get("x") == expected
