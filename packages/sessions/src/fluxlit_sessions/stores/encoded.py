"""What the stores have in common: ids to keys, data to bytes, seconds to lifetimes. A store adds a place for bytes."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from fluxlit_sessions.errors import InvalidSessionIdError
from fluxlit_sessions.protocols import StoredSession
from fluxlit_sessions.stores.versions import new_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    from fluxlit_sessions.protocols import AsyncSessionStore
    from fluxlit_sessions.values.codec import SessionCodec

__all__ = ("DEFAULT_TTL_SECONDS", "EncodedStore", "Encoding", "Record")

# One day, as documented.
DEFAULT_TTL_SECONDS = 86400.0

# Ids of this package are 43 characters; the rest is room for prefixes. A longer one from an address bar is nobody's.
_MAX_ID_BYTES = 512

# About 3,000 years: beyond this, clocks and Redis' milliseconds overflow, and nobody can tell it from for ever.
_FOR_EVER_SECONDS = 1e11


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept for a session: its encoded data and their version."""

    version: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a store writes ids, data and lifetimes; shared by a store and its face for coroutines."""

    codec: SessionCodec
    default_ttl_seconds: float

    def known_key(self, sid: str) -> bytes | None:
        """The key of `sid`, or `None` if no session can have this id."""
        try:
            key = sid.encode("utf-8")
        except UnicodeEncodeError:
            return None
        return key if len(key) <= _MAX_ID_BYTES else None

    def key(self, sid: str) -> bytes:
        """The key to write `sid` under."""
        key = self.known_key(sid)
        if key is None:
            raise InvalidSessionIdError(
                f"a session id of {len(sid)} characters cannot be stored: at most {_MAX_ID_BYTES} bytes of UTF-8"
            )
        return key

    def record(self, key: bytes, data: Mapping[str, Any]) -> Record:
        """`data` ready to be kept under a fresh version."""
        return Record(version=new_version(), payload=self.codec.encode(key, data))

    def session(self, key: bytes, record: Record | None) -> StoredSession | None:
        """What a record holds."""
        return None if record is None else StoredSession(self.codec.decode(key, record.payload), record.version)

    def lifetime(self, ttl_seconds: float | None) -> float | None:
        """Seconds to live from now; `None` for ever."""
        ttl = self.default_ttl_seconds if ttl_seconds is None else ttl_seconds
        if math.isnan(ttl):
            raise ValueError(f"ttl_seconds={ttl_seconds!r} is no number of seconds; zero or less means for ever")
        return ttl if 0 < ttl < _FOR_EVER_SECONDS else None


class EncodedStore(ABC):
    """`AtomicSessionStore` on top of a few operations with bytes, each of which has to be atomic."""

    def __init__(self, encoding: Encoding) -> None:
        self._encoding = encoding

    def get(self, sid: str) -> dict[str, Any] | None:
        """See `SessionStore.get`."""
        stored = self.get_versioned(sid)
        return None if stored is None else stored.data

    def get_versioned(self, sid: str) -> StoredSession | None:
        """See `AtomicSessionStore.get_versioned`."""
        key = self._encoding.known_key(sid)
        return None if key is None else self._encoding.session(key, self._read(key))

    def set(self, sid: str, data: Mapping[str, Any], *, ttl_seconds: float | None = None) -> None:
        """See `SessionStore.set`."""
        key = self._encoding.key(sid)
        self._write(key, self._encoding.record(key, data), self._encoding.lifetime(ttl_seconds))

    def delete(self, sid: str) -> None:
        """See `SessionStore.delete`."""
        key = self._encoding.known_key(sid)
        if key is not None:
            self._remove(key)

    def pop(self, sid: str) -> dict[str, Any] | None:
        """See `AtomicSessionStore.pop`."""
        key = self._encoding.known_key(sid)
        stored = None if key is None else self._encoding.session(key, self._take(key))
        return None if stored is None else stored.data

    def compare_and_set(
        self, sid: str, data: Mapping[str, Any], *, expected: str | None, ttl_seconds: float | None = None
    ) -> str | None:
        """See `AtomicSessionStore.compare_and_set`."""
        key = self._encoding.key(sid)
        record = self._encoding.record(key, data)
        lifetime = self._encoding.lifetime(ttl_seconds)
        if expected is None:
            written = self._create(key, record, lifetime)
        else:
            written = self._replace(key, record, expected=expected, lifetime=lifetime)
        return record.version if written else None

    def touch(self, sid: str, *, ttl_seconds: float | None = None) -> bool:
        """See `AtomicSessionStore.touch`."""
        key = self._encoding.known_key(sid)
        return key is not None and self._extend(key, self._encoding.lifetime(ttl_seconds))

    def iterate(self, prefix: str = "") -> Iterator[str]:
        """See `AtomicSessionStore.iterate`."""
        key_prefix = self._encoding.known_key(prefix)
        if key_prefix is not None:
            for key in self._keys(key_prefix):
                yield key.decode("utf-8")

    @abstractmethod
    def purge(self) -> int:
        """See `AtomicSessionStore.purge`."""

    @abstractmethod
    def async_face(self) -> AsyncSessionStore:
        """See `AtomicSessionStore.async_face`."""

    @abstractmethod
    def close(self) -> None:
        """See `AtomicSessionStore.close`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.close()

    @abstractmethod
    def _read(self, key: bytes) -> Record | None:
        """The live record."""

    @abstractmethod
    def _write(self, key: bytes, record: Record, lifetime: float | None) -> None:
        """Keep the record whatever was there."""

    @abstractmethod
    def _create(self, key: bytes, record: Record, lifetime: float | None) -> bool:
        """Keep the record if there is no live one."""

    @abstractmethod
    def _replace(self, key: bytes, record: Record, *, expected: str, lifetime: float | None) -> bool:
        """Keep the record if the live one has the expected version."""

    @abstractmethod
    def _remove(self, key: bytes) -> None:
        """Delete the record."""

    @abstractmethod
    def _take(self, key: bytes) -> Record | None:
        """Delete and return the live record."""

    @abstractmethod
    def _extend(self, key: bytes, lifetime: float | None) -> bool:
        """Give the live record another lifetime."""

    @abstractmethod
    def _keys(self, prefix: bytes) -> Iterator[bytes]:
        """The keys of live records that start with the prefix."""
