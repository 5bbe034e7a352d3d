"""What the gateway needs to know of the servers behind it.

Whoever starts those servers meets these Protocols structurally and imports nothing from here.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

__all__ = ("Upstream", "UpstreamTarget")


class UpstreamTarget(Protocol):
    """One server that can be asked now."""

    @property
    def name(self) -> str:
        """Stable as long as that server lives and unique among its siblings; it goes into the affinity cookie."""
        ...

    @property
    def address(self) -> str:
        """``"unix:/absolute/path.sock"`` or ``"http://127.0.0.1:1234"``."""
        ...

    @property
    def accepts_new(self) -> bool:
        """False while draining: only browsers that already belong to this target are sent there."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers of the private hop, added to each request (a per-run secret on TCP); normally empty."""
        ...


class Upstream(Protocol):
    """The servers behind the gateway, as one thing that has a state."""

    def targets(self) -> Sequence[UpstreamTarget]:
        """Return those that can serve now. Called for each request, so it must be cheap."""
        ...

    @property
    def state(self) -> str:
        """One of ``starting``, ``ready``, ``restarting``, ``failed``, ``stopped``."""
        ...

    def describe(self) -> Mapping[str, object]:
        """Return a JSON-able description for the readiness answer: ``{"sidecars": [...], "reason": ...}``."""
        ...
