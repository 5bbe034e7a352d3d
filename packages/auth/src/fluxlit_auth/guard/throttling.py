"""Slows down guessing: failed logins are counted by who connects and by the name that was tried.

Only failures count, so that nobody is kept out by logging in often; and a name is not locked for everybody because one
address tries passwords for it. Counts are kept by `limits`: in this process, or in Redis for several replicas.
"""

import contextlib
import time
from collections.abc import Generator
from typing import Final

from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError

from fluxlit_auth.errors import LoginStoreError, TooManyAttemptsError

__all__ = ("DEFAULT_ADDRESS_LIMITS", "DEFAULT_NAME_LIMITS", "LoginThrottle")

DEFAULT_NAME_LIMITS: Final = "5/minute;30/hour"
"""Failures for one name from one address."""

DEFAULT_ADDRESS_LIMITS: Final = "30/minute;300/hour"
"""Failures from one address, whatever the names."""


class LoginThrottle:
    """Counts failures and refuses further attempts.

    Args:
        storage: Where counts are kept; by default in this process.
        by_name: Limits of failures for one name from one address, as `limits` writes them.
        by_address: Limits of failures from one address.
    """

    def __init__(
        self,
        storage: Storage | None = None,
        *,
        by_name: str = DEFAULT_NAME_LIMITS,
        by_address: str = DEFAULT_ADDRESS_LIMITS,
    ) -> None:
        self._limiter = FixedWindowRateLimiter(storage or MemoryStorage())
        self._by_name = parse_many(by_name)
        self._by_address = parse_many(by_address)

    async def admit(self, address: str, name: str = "") -> None:
        """Let an attempt pass.

        Args:
            address: Who connects.
            name: Whom they claim to be; empty if the attempt names nobody.

        Raises:
            TooManyAttemptsError: There were too many failures.
            LoginStoreError: They cannot be counted now; guessing must not be free while that is so.
        """
        for item, identifiers in self._counted(address, name):
            with _counting():
                admitted = await self._limiter.test(item, *identifiers)
                stats = None if admitted else await self._limiter.get_window_stats(item, *identifiers)
            if stats is not None:
                wait = stats.reset_time - time.time()
                raise TooManyAttemptsError(f"failed logins from {address!r} for {name!r}", retry_after=wait)

    async def failed(self, address: str, name: str = "") -> None:
        """Count a failure.

        Raises:
            LoginStoreError: It cannot be counted now.
        """
        for item, identifiers in self._counted(address, name):
            with _counting():
                await self._limiter.hit(item, *identifiers)

    def _counted(self, address: str, name: str) -> list[tuple[RateLimitItem, tuple[str, ...]]]:
        counted = [(item, ("login", address)) for item in self._by_address]
        return counted + [(item, ("login", address, name)) for item in self._by_name if name]


@contextlib.contextmanager
def _counting() -> Generator[None]:
    try:
        yield
    except StorageError as error:
        raise LoginStoreError(f"failed logins cannot be counted: {error}") from error
