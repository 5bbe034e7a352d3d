"""A sidecar as a worker hears of it from the supervisor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fluxlit_sidecar.supervision.state import SidecarState, Transition

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("RemoteTarget", "transition_of")


@dataclass(frozen=True)
class RemoteTarget:
    """Where one sidecar serves. Meets the gateway's ``UpstreamTarget`` structurally."""

    name: str
    """Unique, and the same as long as the process lives."""
    address: str
    """``unix:/path.sock``."""
    accepts_new: bool
    """Whether new browsers may be sent there."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Headers of the private hop."""


def transition_of(facts: Mapping[str, str]) -> Transition:
    """A transition from what the supervisor has sent."""
    return Transition(
        name=facts["name"],
        before=SidecarState(facts["before"]),
        after=SidecarState(facts["after"]),
        reason=facts["reason"],
    )
