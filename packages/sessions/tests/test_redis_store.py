from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest

from fluxlit_sessions import RedisSessionStore, StoreUnavailableError, StoreUrlError
from fluxlit_sessions.stores.redis_commands import RedisCommands

if TYPE_CHECKING:
    from pathlib import Path


def test_kill_9_of_the_server_in_the_middle_of_writes_loses_nothing_acknowledged(own_redis_server: Any) -> None:
    store = RedisSessionStore(own_redis_server.url, timeout_seconds=2)
    acknowledged = [0]
    some_written = threading.Event()

    def write() -> None:
        number = 0
        while True:
            number += 1
            try:
                store.set("growing", {"number": number, "filler": "x" * 20_000})
            except StoreUnavailableError:
                return
            acknowledged.append(number)
            if number >= 50:
                some_written.set()

    writer = threading.Thread(target=write)
    writer.start()
    assert some_written.wait(60)
    own_redis_server.kill()
    writer.join(60)
    assert not writer.is_alive()
    own_redis_server.start()
    data = store.get("growing")
    assert data is not None
    assert acknowledged[-1] <= data["number"] <= acknowledged[-1] + 1
    store.close()


def test_it_reconnects_after_the_server_was_started_again(own_redis_server: Any) -> None:
    with RedisSessionStore(own_redis_server.url) as store:
        store.set("x", {"a": 1})
        own_redis_server.stop()
        own_redis_server.start()
        assert store.get("x") == {"a": 1}


async def test_the_async_face_reconnects_too(own_redis_server: Any) -> None:
    store = RedisSessionStore(own_redis_server.url)
    face = store.async_face()
    await face.set("x", {"a": 1})
    await asyncio.to_thread(own_redis_server.kill)
    await asyncio.to_thread(own_redis_server.start)
    assert await face.get("x") == {"a": 1}
    await face.close()
    store.close()


def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    with RedisSessionStore(f"unix://user:hunter2@{tmp_path}/none.sock", timeout_seconds=1) as store:
        with pytest.raises(StoreUnavailableError, match=r"none\.sock' failed: ConnectionError") as raised:
            store.get("x")
        assert "hunter2" not in str(raised.value)


def test_an_error_of_the_server_is_a_store_error(redis_server: Any) -> None:
    with RedisSessionStore(redis_server.url, prefix="wrongtype:") as store:
        store._run(("DEL", "wrongtype:{x}"))
        store._run(("LPUSH", "wrongtype:{x}", "1"))
        with pytest.raises(StoreUnavailableError, match="WRONGTYPE"):
            store.get("x")


def test_a_server_that_does_not_answer_ends_at_the_time_limit() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with (
            RedisSessionStore(f"redis://127.0.0.1:{port}/0", timeout_seconds=0.05) as store,
            pytest.raises(StoreUnavailableError, match="TimeoutError"),
        ):
            store.get("x")


def test_a_write_repeated_after_a_lost_answer_is_no_conflict_with_itself(redis_server: Any) -> None:
    with RedisSessionStore(redis_server.url, prefix="lost-answer:") as store:
        store.delete("x")
        record = store._encoding.record(b"x", {"a": 1})
        assert store._create(b"x", record, None) is True
        assert store._create(b"x", record, None) is True
        changed = store._encoding.record(b"x", {"a": 2})
        assert store._replace(b"x", changed, expected=record.version, lifetime=60) is True
        assert store._replace(b"x", changed, expected=record.version, lifetime=60) is True
        assert store._replace(b"x", record, expected="0" * 16, lifetime=60) is False


def test_prefixes_keep_applications_apart(redis_server: Any) -> None:
    with (
        RedisSessionStore(redis_server.url, prefix="one:") as one,
        RedisSessionStore(redis_server.url, prefix="two:") as two,
    ):
        one.set("x", {"a": 1})
        assert two.get("x") is None
        assert list(two.iterate()) == []
        one.delete("x")


def test_keys_carry_a_hash_tag_and_prefixes_no_brace() -> None:
    assert RedisCommands("app:").get(b"x") == ("GET", b"app:{x}")
    with pytest.raises(ValueError, match="has a brace"):
        RedisCommands("app{1}:")


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(StoreUrlError, match="not 'http://'"):
        RedisSessionStore("http://localhost")
