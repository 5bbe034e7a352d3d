"""How a session lies in Redis, and the commands for it; shared by the client for threads and the one for coroutines.

A session is one string: 16 characters of version, then its data. Its key is `<prefix>{<id>}`: the braces are a hash
tag, so that whatever is ever kept beside a session lands in the same slot of a cluster.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from fluxlit_sessions.stores.encoded import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ("DEFAULT_PREFIX", "RedisCommand", "RedisCommands")

RedisCommand: TypeAlias = "Sequence[str | bytes | int]"

DEFAULT_PREFIX = "fluxlit:session:"

_VERSION_CHARACTERS = 16

# Retrying after a lost answer must not report a conflict with our own write: its version is ours, and nobody else's.
_WRITE_IF = """
local current = redis.call('GET', KEYS[1])
local version = current and string.sub(current, 1, 16) or ''
if version == string.sub(ARGV[2], 1, 16) then return 1 end
if version ~= ARGV[1] then return 0 end
if ARGV[3] == '' then redis.call('SET', KEYS[1], ARGV[2]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1
"""

# PERSIST alone answers 0 both for a key without expiry and for no key.
_PERSIST = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('PERSIST', KEYS[1])
return 1
"""


@dataclass(frozen=True, slots=True)
class RedisCommands:
    """The commands for sessions under one prefix."""

    prefix: str = DEFAULT_PREFIX

    def __post_init__(self) -> None:
        if "{" in self.prefix or "}" in self.prefix:
            raise ValueError(f"Redis key prefix {self.prefix!r} has a brace; braces mark the hash tag of a cluster key")

    def get(self, key: bytes) -> RedisCommand:
        """Read."""
        return ("GET", self._name(key))

    def set(self, key: bytes, record: Record, lifetime: float | None) -> RedisCommand:
        """Write whatever was there."""
        milliseconds = _milliseconds(lifetime)
        expiry = () if milliseconds is None else ("PX", milliseconds)
        return ("SET", self._name(key), _pack(record), *expiry)

    def write_if(self, key: bytes, record: Record, *, expected: str, lifetime: float | None) -> RedisCommand:
        """Write if the version is the expected one; the empty version is that of a missing session."""
        milliseconds = _milliseconds(lifetime)
        expiry = "" if milliseconds is None else milliseconds
        return ("EVAL", _WRITE_IF, 1, self._name(key), expected, _pack(record), expiry)

    def delete(self, key: bytes) -> RedisCommand:
        """Delete."""
        return ("DEL", self._name(key))

    def take(self, key: bytes) -> RedisCommand:
        """Read and delete."""
        return ("GETDEL", self._name(key))

    def extend(self, key: bytes, lifetime: float | None) -> RedisCommand:
        """Set another lifetime."""
        milliseconds = _milliseconds(lifetime)
        if milliseconds is None:
            return ("EVAL", _PERSIST, 1, self._name(key))
        return ("PEXPIRE", self._name(key), milliseconds)

    def pattern(self, prefix: bytes) -> bytes:
        """What SCAN has to match for ids with this prefix."""
        return re.sub(rb"([*?\[\]\\^-])", rb"\\\1", self.prefix.encode() + b"{" + prefix) + b"*}"

    def key(self, name: bytes) -> bytes:
        """The key inside a name that SCAN has found."""
        return name[len(self.prefix.encode()) + 1 : -1]

    @staticmethod
    def unpack(value: bytes | None) -> Record | None:
        """The record that GET or GETDEL has answered."""
        if value is None:
            return None
        return Record(version=value[:_VERSION_CHARACTERS].decode("ascii"), payload=value[_VERSION_CHARACTERS:])

    def _name(self, key: bytes) -> bytes:
        return self.prefix.encode() + b"{" + key + b"}"


def _pack(record: Record) -> bytes:
    return record.version.encode("ascii") + record.payload


def _milliseconds(lifetime: float | None) -> int | None:
    return None if lifetime is None else max(1, round(lifetime * 1000))
