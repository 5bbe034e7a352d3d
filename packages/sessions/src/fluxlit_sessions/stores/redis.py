"""Sessions in Redis: shared by every replica on every host (extra `redis`; a server from 6.2 on).

Each operation is one command or one Lua script on one key, so it is atomic, in a cluster as well. What survives a
crash of the server is its own setting: with `appendonly yes` and `appendfsync always` nothing acknowledged is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxlit_sessions.errors import StoreClosedError
from fluxlit_sessions.stores.encoded import DEFAULT_TTL_SECONDS, EncodedStore, Encoding, Record
from fluxlit_sessions.stores.redis_asyncio import AsyncRedisSessionStore
from fluxlit_sessions.stores.redis_commands import DEFAULT_PREFIX, RedisCommand, RedisCommands
from fluxlit_sessions.stores.redis_library import RedisAddress, RedisClient
from fluxlit_sessions.values.codec import DEFAULT_MAX_BYTES, SessionCodec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxlit_sessions.encryption import SessionEncryption
    from fluxlit_sessions.protocols import AsyncSessionStore

__all__ = ("RedisSessionStore",)

_SCAN_COUNT = 500


class RedisSessionStore(EncodedStore):
    """A store in a Redis server or cluster.

    Reads and writes are repeated when the connection breaks. A `pop` whose answer was lost on the way may then find
    nothing: a one-time code is used at most once, never twice.

    Args:
        url: `redis://[user:password@]host:port/db`, `rediss://` for TLS, or `unix:///path/to/socket`; redis-py's
            options may follow in the query, for example `?ssl_ca_certs=/etc/ssl/redis-ca.pem`.
        prefix: Begins every key; tells applications apart that share a server. No braces.
        default_ttl_seconds: Seconds a session lives after a write that does not say; zero or less for ever.
        max_bytes: The largest session admitted, as JSON.
        encryption: Encrypts sessions before they leave this process.
        timeout_seconds: For connecting, and for each answer.
        cluster: Whether the server is a node of a Redis Cluster.

    Raises:
        MissingExtraError: redis-py is not installed.
        StoreUrlError: The address cannot be understood.
    """

    def __init__(
        self,
        url: str,
        *,
        prefix: str = DEFAULT_PREFIX,
        default_ttl_seconds: float = DEFAULT_TTL_SECONDS,
        max_bytes: int = DEFAULT_MAX_BYTES,
        encryption: SessionEncryption | None = None,
        timeout_seconds: float = 5.0,
        cluster: bool = False,
    ) -> None:
        super().__init__(Encoding(SessionCodec(max_bytes, encryption), default_ttl_seconds))
        self._commands = RedisCommands(prefix)
        self._address = RedisAddress(url, timeout_seconds=timeout_seconds, cluster=cluster)
        self._client: RedisClient | None = self._address.client()

    def purge(self) -> int:
        """Nothing to do: Redis deletes what has expired."""
        return 0

    def async_face(self) -> AsyncSessionStore:
        """The same sessions through redis-py's client for coroutines, with connections of its own: close it."""
        return AsyncRedisSessionStore(self._encoding, self._commands, self._address)

    def close(self) -> None:
        """Close the connections; using the store again raises `StoreClosedError`."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _run(self, command: RedisCommand) -> Any:
        with self._address.errors():
            return self._open_client().execute_command(*command)

    def _open_client(self) -> RedisClient:
        if self._client is None:
            raise StoreClosedError(f"the session store at {self._address.public_name!r} was closed; open another")
        return self._client

    def _read(self, key: bytes) -> Record | None:
        return self._commands.unpack(self._run(self._commands.get(key)))

    def _write(self, key: bytes, record: Record, lifetime: float | None) -> None:
        self._run(self._commands.set(key, record, lifetime))

    def _create(self, key: bytes, record: Record, lifetime: float | None) -> bool:
        return bool(self._run(self._commands.write_if(key, record, expected="", lifetime=lifetime)))

    def _replace(self, key: bytes, record: Record, *, expected: str, lifetime: float | None) -> bool:
        # The empty version stands for "no session" in the script; nothing that was read has it.
        return expected != "" and bool(
            self._run(self._commands.write_if(key, record, expected=expected, lifetime=lifetime))
        )

    def _remove(self, key: bytes) -> None:
        self._run(self._commands.delete(key))

    def _take(self, key: bytes) -> Record | None:
        return self._commands.unpack(self._run(self._commands.take(key)))

    def _extend(self, key: bytes, lifetime: float | None) -> bool:
        return bool(self._run(self._commands.extend(key, lifetime)))

    def _keys(self, prefix: bytes) -> Iterator[bytes]:
        # SCAN may name a key twice: https://redis.io/docs/latest/commands/scan/#scan-guarantees
        named: set[bytes] = set()
        with self._address.errors():
            for name in self._open_client().scan_iter(match=self._commands.pattern(prefix), count=_SCAN_COUNT):
                if name not in named:
                    named.add(name)
                    yield self._commands.key(name)
