from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from fluxlit_sessions import MissingExtraError, SessionEncryption, SQLiteSessionStore, UnreadableSessionError

if TYPE_CHECKING:
    from pathlib import Path

OLD, NEW = SessionEncryption.generate_key(), SessionEncryption.generate_key()


def test_nothing_readable_is_in_the_file(tmp_path: Path) -> None:
    with SQLiteSessionStore(tmp_path / "s.db", encryption=SessionEncryption([OLD])) as store:
        store.set("x", {"name": "Ann Example"})
        assert store.get("x") == {"name": "Ann Example"}
        assert all(b"Ann" not in path.read_bytes() for path in tmp_path.iterdir())


def test_keys_are_rotated_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with SQLiteSessionStore(path, encryption=SessionEncryption([OLD])) as store:
        store.set("x", {"a": 1})
    with SQLiteSessionStore(path, encryption=SessionEncryption([NEW, OLD])) as store:
        assert store.get("x") == {"a": 1}
        store.set("x", {"a": 2})
    with SQLiteSessionStore(path, encryption=SessionEncryption([NEW])) as store:
        assert store.get("x") == {"a": 2}


def test_without_its_key_a_session_cannot_be_read_but_deleted(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with SQLiteSessionStore(path, encryption=SessionEncryption([OLD])) as store:
        store.set("x", {"a": 1})
    with SQLiteSessionStore(path, encryption=SessionEncryption([NEW])) as store:
        with pytest.raises(UnreadableSessionError, match="opens with none of the encryption keys"):
            store.get("x")
        store.delete("x")
        assert store.get("x") is None
    with SQLiteSessionStore(path, encryption=SessionEncryption([OLD])) as store:
        store.set("x", {"a": 1})
    with SQLiteSessionStore(path) as store, pytest.raises(UnreadableSessionError, match="is no JSON"):
        store.get("x")


def test_a_copy_under_another_id_does_not_open(tmp_path: Path) -> None:
    with SQLiteSessionStore(tmp_path / "s.db", encryption=SessionEncryption([OLD])) as store:
        store.set("mine", {"user": "ann"})
        with store._file.connection() as connection:
            connection.execute("UPDATE sessions SET key = ?", (b"yours",))
        with pytest.raises(UnreadableSessionError, match="copied from another id"):
            store.get("yours")


def test_a_wrong_key_is_named_by_its_position_alone() -> None:
    with pytest.raises(ValueError, match="encryption key 2 of 2 is no Fernet key") as raised:
        SessionEncryption([NEW, "not-a-key"])
    assert "not-a-key" not in str(raised.value)
    with pytest.raises(ValueError, match="at least one key"):
        SessionEncryption([])
    with pytest.raises(ValueError, match="a list of at least one key"):
        SessionEncryption(NEW)


def test_without_cryptography_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.fernet", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'fluxlit-sessions\[encryption\]'"):
        SessionEncryption([OLD])
    with pytest.raises(MissingExtraError, match="encryption"):
        SessionEncryption.generate_key()
