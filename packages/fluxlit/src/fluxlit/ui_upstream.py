"""The sidecars as the gateway sees them: there before the pool is started and after it has stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fluxlit_gateway import Upstream, UpstreamTarget

__all__ = ("UiUpstream",)


class UiUpstream:
    """An `Upstream` that stands for whichever pool runs now.

    Attributes:
        pool: The running pool, or `None`.
    """

    def __init__(self) -> None:
        """Begin without a pool."""
        self.pool: Upstream | None = None

    def targets(self) -> Sequence[UpstreamTarget]:
        """Those that can serve now."""
        return () if self.pool is None else self.pool.targets()

    @property
    def state(self) -> str:
        """`stopped` while there is no pool, then the pool's."""
        return "stopped" if self.pool is None else str(self.pool.state)

    def describe(self) -> Mapping[str, object]:
        """For the readiness answer."""
        if self.pool is None:
            return {"sidecars": [], "reason": "the application's lifespan has not started"}
        return self.pool.describe()
