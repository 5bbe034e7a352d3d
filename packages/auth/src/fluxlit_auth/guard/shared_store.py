"""The session store for coroutines, as login sessions, keys and revocations share it.

Lifecycle: opened at first use in an event loop; `close` gives back what that opened, and the next use opens it anew.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from fluxlit_auth.errors import LoginStoreError
from fluxlit_sessions import AsyncSessionStore, AtomicSessionStore, SessionError, StoredSession

__all__ = ("SharedStore",)

# Each attempt that fails means that another writer got through.
_ATTEMPTS = 100


class SharedStore:
    """A store whose failures are answers.

    Args:
        store: The application's store, or one of the process.
    """

    def __init__(self, store: AtomicSessionStore) -> None:
        self.store = store
        self._face: AsyncSessionStore | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def face(self) -> AsyncSessionStore:
        """The store for the running event loop."""
        loop = asyncio.get_running_loop()
        if self._face is None or self._loop is not loop:
            self._face, self._loop = self.store.async_face(), loop
        return self._face

    async def read(self, key: str) -> StoredSession | None:
        """What is kept under a key.

        Raises:
            LoginStoreError: The store does not answer.
        """
        try:
            return await self.face.get_versioned(key)
        except SessionError as error:
            raise LoginStoreError(str(error)) from error

    async def write(self, key: str, data: Mapping[str, Any], *, expected: str | None, ttl_seconds: float) -> str | None:
        """Keep data under a key unless somebody else has written it since; the new version, or `None`.

        Raises:
            LoginStoreError: The store does not answer.
        """
        try:
            return await self.face.compare_and_set(key, data, expected=expected, ttl_seconds=ttl_seconds)
        except SessionError as error:
            raise LoginStoreError(str(error)) from error

    async def take(self, key: str) -> dict[str, Any] | None:
        """Read and delete in one step.

        Raises:
            LoginStoreError: The store does not answer.
        """
        try:
            return await self.face.pop(key)
        except SessionError as error:
            raise LoginStoreError(str(error)) from error

    async def change(self, key: str, change: Callable[[dict[str, Any]], dict[str, Any]], *, ttl_seconds: float) -> None:
        """Replace what is kept under a key by what a function makes of it, whoever else writes.

        Raises:
            LoginStoreError: The store does not answer.
        """
        for _attempt in range(_ATTEMPTS):
            stored = await self.read(key)
            after = change({} if stored is None else stored.data)
            expected = None if stored is None else stored.version
            if await self.write(key, after, expected=expected, ttl_seconds=ttl_seconds) is not None:
                return
        raise LoginStoreError(f"an entry was changed by others {_ATTEMPTS} times")

    async def close(self) -> None:
        """Give back what was opened."""
        face, self._face = self._face, None
        if face is not None:
            await face.close()
