"""The states of a sidecar and of a pool, and the snapshots that show them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("PoolState", "PoolStatus", "RollStatus", "SidecarState", "SidecarStatus", "Transition")


class SidecarState(StrEnum):
    """Where a sidecar is in its life: ``starting → warming → ready → draining → stopped``, or waiting to be retried.

    A spare goes ``starting → warming → spare``, and on from ``warming`` when it is needed.
    """

    STARTING = "starting"
    WARMING = "warming"
    SPARE = "spare"
    READY = "ready"
    DRAINING = "draining"
    STOPPED = "stopped"
    BACKING_OFF = "backing_off"
    FAILED = "failed"


class PoolState(StrEnum):
    """What the pool as a whole can do; the words are those of the gateway's ``Upstream``."""

    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"
    FAILED = "failed"
    STOPPED = "stopped"


class SidecarStatus(BaseModel):
    """One sidecar, as it is now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="Unique, and the same as long as the process lives.")
    slot: int = Field(description="Which of the pool's places it fills, from 1; 0 is none of them.")
    state: SidecarState
    address: str = Field(default="", description="unix:/path or http://127.0.0.1:port; empty while there is none.")
    pid: int | None = Field(default=None, description="Process id while there is a process.")
    active_sessions: int = Field(default=0, description="Open sessions, as the child reports them.")
    served_sessions: int = Field(default=0, description="Sessions since the process started.")
    started: float | None = Field(default=None, description="When the process was started, in seconds since 1970.")
    resident_memory: int | None = Field(default=None, description="Bytes at the last probe.")
    start_seconds: float | None = Field(default=None, description="How long it took to become ready.")
    restarts: int = Field(default=0, description="How often this place had to be filled again after a failure.")
    reason: str = Field(default="", description="Why it is in this state, when that is not plain.")

    def describe(self) -> dict[str, object]:
        """What a probe may show to anyone: `age_seconds` instead of the start, no path and no process id."""
        hidden = {"address", "pid", "started"}
        age = None if self.started is None else round(max(0.0, time.time() - self.started), 1)
        return {**self.model_dump(mode="json", exclude=hidden), "age_seconds": age}


class RollStatus(BaseModel):
    """The last replacement of all sidecars by fresh ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(description="From 1, in the order in which they were asked for.")
    state: Literal["running", "done", "failed"]
    reason: str = Field(default="", description="Why it failed; the sidecars that it had not come to stay.")


class PoolStatus(BaseModel):
    """All sidecars of a pool, as they are now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: PoolState
    sidecars: tuple[SidecarStatus, ...] = ()
    reason: str = Field(default="", description="Why the pool is not ready; empty when it is.")
    roll: RollStatus | None = Field(default=None, description="The last replacement of all sidecars, if there was one.")

    def describe(self) -> Mapping[str, object]:
        """What a probe may show to anyone, ready for JSON: states and numbers, no paths and no process ids."""
        return {
            "state": self.state.value,
            "sidecars": [sidecar.describe() for sidecar in self.sidecars],
            "reason": self.reason,
            "roll": self.roll.model_dump() if self.roll else None,
        }


@dataclass(frozen=True)
class Transition:
    """One change of a sidecar's state, as listeners get it."""

    name: str
    """The sidecar."""
    before: SidecarState
    """State that it leaves."""
    after: SidecarState
    """State that it enters."""
    reason: str = ""
    """Why, when that is not plain."""
