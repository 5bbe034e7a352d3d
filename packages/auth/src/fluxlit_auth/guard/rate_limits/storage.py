"""Where counts are kept: in Redis where the application's store is one, so that replicas count together; else here."""

from typing import Any, Final, cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from limits.aio.storage import MemoryStorage, RedisStorage, Storage

__all__ = ("close_storage", "storage_for")

_REDIS: Final = frozenset({"redis", "rediss", "unix"})
# Options of our own stores in the query of their address, which redis-py does not know.
_OURS: Final = frozenset({"default_ttl_seconds", "max_bytes", "prefix"})


def storage_for(store_url: str) -> Storage:
    """The storage that goes with a session store.

    Args:
        store_url: As the setting `session_store` has it.
    """
    parts = urlsplit(store_url)
    if parts.scheme not in _REDIS:
        return MemoryStorage()
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name not in _OURS])
    scheme = "redis+unix" if parts.scheme == "unix" else parts.scheme
    address = urlunsplit((f"async+{scheme}", parts.netloc, parts.path, query, ""))
    return RedisStorage(address, implementation="redispy", wrap_exceptions=True)


async def close_storage(storage: Storage) -> None:
    """Give back the connections of a storage."""
    if isinstance(storage, RedisStorage):
        # The library has no name for it, and no types.
        await cast("Any", storage).bridge.storage.aclose()
