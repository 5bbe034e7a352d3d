from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from fluxlit_sessions import (
    InMemorySessionStore,
    MissingExtraError,
    RedisSessionStore,
    SQLiteSessionStore,
    StoreUrlError,
    open_store,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_memory_with_options() -> None:
    store = open_store("memory://?max_entries=1&default_ttl_seconds=0&max_bytes=20")
    assert isinstance(store, InMemorySessionStore)
    store.set("a", {})
    store.set("b", {})
    assert list(store.iterate()) == ["b"]


def test_three_slashes_are_relative_and_four_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    relative = open_store("sqlite:///relative%20name.db?synchronous=full")
    absolute = open_store(f"sqlite:///{tmp_path}/made/absolute.db")
    assert isinstance(relative, SQLiteSessionStore)
    assert (tmp_path / "relative name.db").exists()
    assert (tmp_path / "made" / "absolute.db").exists()
    relative.close()
    absolute.close()


@pytest.mark.parametrize("url", ["redis://localhost:6379/2?prefix=a:", "rediss://h:1/0?socket_timeout=1", "unix:///x"])
def test_redis_is_not_contacted_before_it_is_used(url: str) -> None:
    store = open_store(url)
    assert isinstance(store, RedisSessionStore)
    store.close()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "no session store has the scheme ''"),
        ("postgres://x", "no session store has the scheme 'postgres'; expected memory://"),
        ("memory://host", "takes no host or path, but has 'host'"),
        ("memory://?max_entries=0", "option max_entries='0'.*greater than or equal to 1"),
        ("memory://?entries=5", "option entries='5'.*known options: default_ttl_seconds, max_bytes, max_entries"),
        ("sqlite://", "needs the path of a file"),
        ("sqlite:///:memory:", "for memory use memory://"),
        ("sqlite://name.db", "names a host; write three slashes"),
        ("sqlite:///var/lib/nothing/s.db", "for an absolute path write sqlite:////var/lib/nothing/s.db"),
        ("sqlite:///s.db?synchronous=off", "option synchronous='off'.*'normal' or 'full'"),
        ("redis://h?prefix={x}", r"option prefix='\{x\}'"),
        ("redis://h?timeout_seconds=0", "option timeout_seconds='0'"),
        ("redis://user:secret@h:notaport/0", "cannot be used"),
        ("redis://user:secret@h/0?no_such_option=1", "cannot be used"),
    ],
)
def test_a_wrong_address_is_refused_with_the_reason(url: str, message: str) -> None:
    with pytest.raises(StoreUrlError, match=message) as raised:
        open_store(url).get("x")
    assert "secret" not in str(raised.value)


def test_without_redis_py_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(sys.modules):
        if name.split(".")[0] == "redis" or name.startswith("fluxlit_sessions.stores.redis"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'fluxlit-sessions\[redis\]'"):
        open_store("redis://localhost")
