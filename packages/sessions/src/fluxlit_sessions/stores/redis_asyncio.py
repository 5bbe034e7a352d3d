"""The Redis store for coroutines, on redis-py's asyncio client: no thread waits for the server.

Made by `RedisSessionStore.async_face` inside the event loop that uses it and closed there; it has its own connections.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxlit_sessions.errors import StoreClosedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from fluxlit_sessions.protocols import StoredSession
    from fluxlit_sessions.stores.encoded import Encoding
    from fluxlit_sessions.stores.redis_commands import RedisCommand, RedisCommands
    from fluxlit_sessions.stores.redis_library import AsyncRedisClient, RedisAddress

__all__ = ("AsyncRedisSessionStore",)

_SCAN_COUNT = 500


class AsyncRedisSessionStore:
    """`AsyncSessionStore` in a Redis server or cluster; see `RedisSessionStore`."""

    def __init__(self, encoding: Encoding, commands: RedisCommands, address: RedisAddress) -> None:
        self._encoding = encoding
        self._commands = commands
        self._address = address
        self._client: AsyncRedisClient | None = address.async_client()

    async def get(self, sid: str) -> dict[str, Any] | None:
        """See `SessionStore.get`."""
        stored = await self.get_versioned(sid)
        return None if stored is None else stored.data

    async def get_versioned(self, sid: str) -> StoredSession | None:
        """See `AtomicSessionStore.get_versioned`."""
        key = self._encoding.known_key(sid)
        if key is None:
            return None
        return self._encoding.session(key, self._commands.unpack(await self._run(self._commands.get(key))))

    async def set(self, sid: str, data: Mapping[str, Any], *, ttl_seconds: float | None = None) -> None:
        """See `SessionStore.set`."""
        key = self._encoding.key(sid)
        record = self._encoding.record(key, data)
        await self._run(self._commands.set(key, record, self._encoding.lifetime(ttl_seconds)))

    async def delete(self, sid: str) -> None:
        """See `SessionStore.delete`."""
        key = self._encoding.known_key(sid)
        if key is not None:
            await self._run(self._commands.delete(key))

    async def pop(self, sid: str) -> dict[str, Any] | None:
        """See `AtomicSessionStore.pop`."""
        key = self._encoding.known_key(sid)
        if key is None:
            return None
        record = self._commands.unpack(await self._run(self._commands.take(key)))
        stored = self._encoding.session(key, record)
        return None if stored is None else stored.data

    async def compare_and_set(
        self, sid: str, data: Mapping[str, Any], *, expected: str | None, ttl_seconds: float | None = None
    ) -> str | None:
        """See `AtomicSessionStore.compare_and_set`."""
        key = self._encoding.key(sid)
        record = self._encoding.record(key, data)
        if expected == "":
            return None
        lifetime = self._encoding.lifetime(ttl_seconds)
        command = self._commands.write_if(key, record, expected=expected or "", lifetime=lifetime)
        return record.version if await self._run(command) else None

    async def touch(self, sid: str, *, ttl_seconds: float | None = None) -> bool:
        """See `AtomicSessionStore.touch`."""
        key = self._encoding.known_key(sid)
        if key is None:
            return False
        return bool(await self._run(self._commands.extend(key, self._encoding.lifetime(ttl_seconds))))

    async def iterate(self, prefix: str = "") -> AsyncIterator[str]:
        """See `AtomicSessionStore.iterate`."""
        key_prefix = self._encoding.known_key(prefix)
        if key_prefix is None:
            return
        named: set[bytes] = set()
        with self._address.errors():
            async for name in self._open_client().scan_iter(
                match=self._commands.pattern(key_prefix), count=_SCAN_COUNT
            ):
                if name not in named:
                    named.add(name)
                    yield self._commands.key(name).decode("utf-8")

    async def purge(self) -> int:
        """Nothing to do: Redis deletes what has expired."""
        return 0

    async def close(self) -> None:
        """Close the connections of this face."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _run(self, command: RedisCommand) -> Any:
        with self._address.errors():
            return await self._open_client().execute_command(*command)

    def _open_client(self) -> AsyncRedisClient:
        if self._client is None:
            raise StoreClosedError(f"the session store at {self._address.public_name!r} was closed; open another")
        return self._client
