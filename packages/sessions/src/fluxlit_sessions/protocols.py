"""What a session store is.

`SessionStore` is the narrow interface that anyone can implement. `AtomicSessionStore` is what the stores of this
package offer on top, and `AsyncSessionStore` is the same for coroutines. All three are met structurally.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from types import TracebackType

__all__ = ("AsyncSessionStore", "AtomicSessionStore", "SessionStore", "StoredSession")


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session as read, with what is needed to write it back without overwriting someone else's change."""

    data: dict[str, Any]
    """The values, as a copy that the caller may change."""

    version: str
    """Changes with each write and is never used again; opaque."""


@runtime_checkable
class SessionStore(Protocol):
    """Keeps one JSON object per session id. Any object with these methods will do for URL sessions."""

    def get(self, sid: str) -> dict[str, Any] | None:
        """The data of `sid`, as a copy that the caller may change; `None` if there is none or it has expired."""
        ...

    def set(self, sid: str, data: Mapping[str, Any], *, ttl_seconds: float | None = None) -> None:
        """Replace the data of `sid`.

        Args:
            sid: The session's id.
            data: JSON values, pydantic models and what `fluxlit_sessions.values` names; anything else is refused.
            ttl_seconds: Seconds until it expires; `None` for the store's default, zero or less for never.
        """
        ...

    def delete(self, sid: str) -> None:
        """Forget `sid`; nothing happens if it is unknown."""
        ...


@runtime_checkable
class AtomicSessionStore(SessionStore, Protocol):
    """A store whose operations are atomic among all threads and processes that use it."""

    def get_versioned(self, sid: str) -> StoredSession | None:
        """The data of `sid` with its version."""
        ...

    def pop(self, sid: str) -> dict[str, Any] | None:
        """Read and delete in one step: of several callers one gets the data, the others `None`. For one-time codes."""
        ...

    def compare_and_set(
        self, sid: str, data: Mapping[str, Any], *, expected: str | None, ttl_seconds: float | None = None
    ) -> str | None:
        """Replace the data of `sid` if nobody else did since it was read.

        Args:
            sid: The session's id.
            data: As for `set`.
            expected: The version that was read; `None` if the session must not exist yet.
            ttl_seconds: As for `set`.

        Returns:
            The new version, or `None` if the version was another one and nothing was written.
        """
        ...

    def touch(self, sid: str, *, ttl_seconds: float | None = None) -> bool:
        """Let `sid` live for `ttl_seconds` from now, as in `set`, and leave its data; `False` if it is unknown."""
        ...

    def iterate(self, prefix: str = "") -> Iterator[str]:
        """The ids that start with `prefix`, in no order. Ids written or deleted meanwhile may be missed or named."""
        ...

    def purge(self) -> int:
        """Delete what has expired now instead of in passing; how many that were (0 where the server does it)."""
        ...

    def async_face(self) -> AsyncSessionStore:
        """The same store for coroutines of one event loop; close it in that loop."""
        ...

    def close(self) -> None:
        """Give back files and connections; a second call does nothing."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...


@runtime_checkable
class AsyncSessionStore(Protocol):
    """`AtomicSessionStore` for coroutines: waiting for a file or a server never blocks the event loop."""

    async def get(self, sid: str) -> dict[str, Any] | None:
        """See `SessionStore.get`."""
        ...

    async def set(self, sid: str, data: Mapping[str, Any], *, ttl_seconds: float | None = None) -> None:
        """See `SessionStore.set`."""
        ...

    async def delete(self, sid: str) -> None:
        """See `SessionStore.delete`."""
        ...

    async def get_versioned(self, sid: str) -> StoredSession | None:
        """See `AtomicSessionStore.get_versioned`."""
        ...

    async def pop(self, sid: str) -> dict[str, Any] | None:
        """See `AtomicSessionStore.pop`."""
        ...

    async def compare_and_set(
        self, sid: str, data: Mapping[str, Any], *, expected: str | None, ttl_seconds: float | None = None
    ) -> str | None:
        """See `AtomicSessionStore.compare_and_set`."""
        ...

    async def touch(self, sid: str, *, ttl_seconds: float | None = None) -> bool:
        """See `AtomicSessionStore.touch`."""
        ...

    def iterate(self, prefix: str = "") -> AsyncIterator[str]:
        """See `AtomicSessionStore.iterate`."""
        ...

    async def purge(self) -> int:
        """See `AtomicSessionStore.purge`."""
        ...

    async def close(self) -> None:
        """Give back what this face opened itself; the store stays open."""
        ...
