"""How sidecars are supervised: numbers, time limits and limits for recycling."""

from __future__ import annotations

import os
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ("SidecarOptions", "usable_cores")


class SidecarOptions(BaseModel):
    """Everything that a user may choose about supervision. Times are in seconds, memory in bytes.

    Example:
        >>> SidecarOptions(sidecars=2).count
        2
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sidecars: Annotated[int, Field(ge=1, le=256)] | Literal["auto"] = Field(
        default=1, description="How many; auto is one for each usable core."
    )
    spares: int = Field(
        default=0,
        ge=0,
        le=16,
        description="Prepared processes without the application's code, one of which takes the place of a sidecar that "
        "fails; for a child that can be a spare, as Streamlit's can.",
    )
    transport: Literal["auto", "unix", "tcp"] = Field(
        default="auto",
        description="How sidecars are reached: over a Unix socket in the private folder, or over a port of the "
        "loopback interface that asks each request for a secret. auto is unix where the system has it.",
    )
    start_timeout: float = Field(default=60.0, gt=0, description="From the start of the process to ready.")
    probe_interval: float = Field(default=2.0, gt=0, description="Between two probes of a ready sidecar.")
    probe_timeout: float = Field(default=2.0, gt=0, description="How long one probe waits for its answer.")
    hang_timeout: float = Field(
        default=8.0, gt=0, description="Without a good answer and without using the processor until it is replaced."
    )
    busy_timeout: float = Field(
        default=60.0, gt=0, description="Without a good answer until it is replaced, even when it uses the processor."
    )
    drain_timeout: float = Field(
        default=30.0, ge=0, description="How long sessions may finish on a sidecar that is being replaced."
    )
    shutdown_drain_timeout: float = Field(
        default=0.0, ge=0, description="How long sessions may finish when the pool itself stops."
    )
    terminate_timeout: float = Field(default=3.0, gt=0, description="From SIGTERM to SIGKILL.")
    backoff_initial: float = Field(default=0.5, gt=0, description="Second restart in a row; the first is at once.")
    backoff_max: float = Field(default=15.0, gt=0, description="Longest pause between two restarts.")
    failure_burst: int = Field(default=5, ge=1, description="Failures in `failure_window` after which it says failed.")
    failure_window: float = Field(default=60.0, gt=0, description="See `failure_burst`.")
    failed_retry_interval: float = Field(default=30.0, gt=0, description="Between two attempts once it says failed.")
    recycle_after: float | None = Field(default=None, gt=0, description="Age at which a sidecar is replaced.")
    recycle_memory: int | None = Field(default=None, gt=0, description="Resident memory at which it is replaced.")
    recycle_sessions: int | None = Field(default=None, gt=0, description="Sessions served after which it is replaced.")

    @property
    def count(self) -> int:
        """The number of sidecars, with ``auto`` worked out."""
        return usable_cores() if self.sidecars == "auto" else self.sidecars


def usable_cores() -> int:
    """Cores that this process may run on (its CPU affinity, not the machine's size)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
