"""What a session store is: the narrow interface that anyone can implement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("SessionStore",)


@runtime_checkable
class SessionStore(Protocol):
    """Keeps one JSON object per session id. This much is enough for URL sessions; any object with these methods will do."""

    def get(self, sid: str) -> dict[str, Any] | None:
        """The data of `sid`, as a copy that the caller may change; `None` if there is none or it has expired."""
        ...

    def set(self, sid: str, data: Mapping[str, Any], *, ttl_seconds: float | None = None) -> None:
        """Replace the data of `sid`.

        Args:
            sid: The session's id.
            data: Values that can be written as JSON, or pydantic models.
            ttl_seconds: Seconds until it expires; `None` for the store's default, zero or less for never.
        """
        ...

    def delete(self, sid: str) -> None:
        """Forget `sid`; nothing happens if it is unknown."""
        ...
