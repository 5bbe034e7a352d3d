"""When a sidecar that works is replaced all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fluxlit_sidecar.options import SidecarOptions

__all__ = ("Worn", "recycling_reason")


class Worn(Protocol):
    """What is known about a sidecar's wear."""

    @property
    def age(self) -> float:
        """Seconds since its start."""
        ...

    @property
    def resident_memory(self) -> int | None:
        """Bytes at the last probe."""
        ...

    @property
    def served_sessions(self) -> int:
        """Sessions since its start."""
        ...


def recycling_reason(sidecar: Worn, options: SidecarOptions) -> str:
    """Why `sidecar` is due for recycling, or an empty string."""
    if options.recycle_after is not None and sidecar.age > options.recycle_after:
        return f"recycled at an age of {sidecar.age:.0f} s"
    memory = sidecar.resident_memory
    if options.recycle_memory is not None and memory is not None and memory > options.recycle_memory:
        return f"recycled with {memory} bytes of resident memory"
    if options.recycle_sessions is not None and sidecar.served_sessions >= options.recycle_sessions:
        return f"recycled after {sidecar.served_sessions} sessions"
    return ""
