"""redis-py, named in this module alone: how its clients are made and what its errors become.

Connections are pooled, made when first needed, checked when they have been idle and made anew when they broke. A
command that fails because the connection broke, timed out or met a server still loading its data is repeated.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import urlsplit

from fluxlit_sessions.errors import MissingExtraError, StoreUnavailableError, StoreUrlError

try:
    import redis
    import redis.asyncio as redis_asyncio
    from redis.asyncio.retry import Retry as AsyncRetry
    from redis.backoff import ExponentialWithJitterBackoff
    from redis.exceptions import RedisClusterException
    from redis.retry import Retry
except ImportError as import_error:
    raise MissingExtraError("redis", purpose="the Redis session store") from import_error

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Iterator

__all__ = ("AsyncRedisClient", "RedisAddress", "RedisClient")

# A repeated command waits 0.05 to 1 second; four attempts outlast a failover of a replica or a quick restart.
_RETRIES = 3
_FIRST_WAIT_SECONDS = 0.05
_LONGEST_WAIT_SECONDS = 1.0

# An idle connection is checked before use when nothing was heard for this long: firewalls drop idle ones silently.
_CHECK_AFTER_IDLE_SECONDS = 30

_SCHEMES = ("redis", "rediss", "unix")


class RedisClient(Protocol):
    """What is used of redis-py's client for threads."""

    def execute_command(self, *args: str | bytes | int) -> Any: ...  # noqa: D102 - redis-py's own

    def scan_iter(self, match: bytes, count: int) -> Iterator[bytes]: ...  # noqa: D102 - redis-py's own

    def close(self) -> None: ...  # noqa: D102 - redis-py's own


class AsyncRedisClient(Protocol):
    """What is used of redis-py's client for coroutines."""

    async def execute_command(self, *args: str | bytes | int) -> Any: ...  # noqa: D102 - redis-py's own

    def scan_iter(self, match: bytes, count: int) -> AsyncIterator[bytes]: ...  # noqa: D102 - redis-py's own

    async def aclose(self) -> None: ...  # noqa: D102 - redis-py's own


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """Where a Redis server or cluster is and how long to wait for it.

    Attributes:
        url: `redis://`, `rediss://` (TLS) or `unix://`, with what redis-py understands in its query.
        timeout_seconds: For connecting, and for each answer.
        cluster: Whether the server is a node of a Redis Cluster.
    """

    url: str
    timeout_seconds: float
    cluster: bool

    def __post_init__(self) -> None:
        scheme = urlsplit(self.url).scheme
        if scheme not in _SCHEMES:
            raise StoreUrlError(f"a Redis address starts with redis://, rediss:// or unix://, not {scheme + '://'!r}")

    def client(self) -> RedisClient:
        """A client for threads; nothing is sent before it is used, unless it is for a cluster."""
        maker: Any = redis.RedisCluster if self.cluster else redis.Redis
        return cast("RedisClient", self._make(maker, Retry))

    def async_client(self) -> AsyncRedisClient:
        """A client for the coroutines of one event loop."""
        maker: Any = redis_asyncio.RedisCluster if self.cluster else redis_asyncio.Redis
        return cast("AsyncRedisClient", self._make(maker, AsyncRetry))

    @contextlib.contextmanager
    def errors(self) -> Generator[None]:
        """Turn redis-py's errors into `StoreUnavailableError`."""
        try:
            yield
        except (redis.RedisError, RedisClusterException, OSError) as error:
            raise StoreUnavailableError(
                f"the session store at {self.public_name!r} failed: {type(error).__name__}: {error}; check that the "
                "server runs, is reachable from here and admits these credentials"
            ) from error

    @property
    def public_name(self) -> str:
        """The address without credentials and options."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    def _make(self, maker: Any, retry: Any) -> Any:
        backoff = ExponentialWithJitterBackoff(base=_FIRST_WAIT_SECONDS, cap=_LONGEST_WAIT_SECONDS)
        options: dict[str, Any] = {
            "socket_timeout": self.timeout_seconds,
            "socket_connect_timeout": self.timeout_seconds,
            "health_check_interval": _CHECK_AFTER_IDLE_SECONDS,
            "retry": retry(backoff, _RETRIES),
            "decode_responses": False,
        }
        if not self.cluster:
            # After a failover, the old primary refuses writes until the address points to the new one.
            options["retry_on_error"] = [redis.ReadOnlyError, redis.ConnectionError, redis.TimeoutError]
        try:
            with self.errors():
                client = maker.from_url(self.url, **options)
            if not self.cluster:
                # Options in the address are only looked at when a connection is made; this one is not opened.
                client.connection_pool.connection_class(**client.connection_pool.connection_kwargs)
        except (ValueError, TypeError) as error:
            raise StoreUrlError(f"the Redis address {self.public_name!r} cannot be used: {error}") from error
        return client
