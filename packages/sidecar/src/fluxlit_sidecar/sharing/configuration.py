"""What a supervisor is told when it is started."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from fluxlit_sidecar.child_spec import ChildSpec
from fluxlit_sidecar.options import SidecarOptions
from fluxlit_sidecar.sharing.workers import WorkerParent

__all__ = ("SupervisorConfiguration",)


class SupervisorConfiguration(BaseModel):
    """Travels to the supervisor over its standard input, since it may hold secrets."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path = Field(description="The shared runtime folder.")
    spec: ChildSpec
    options: SidecarOptions
    parent: WorkerParent
    listen_fd: int = Field(description="The listening socket that workers connect to.")
    lock_fd: int = Field(description="Holds the folder's lock as long as the supervisor lives.")
    listeners: dict[str, int] = Field(
        default_factory=dict[str, int], description="Sockets that workers listen on, by name."
    )
    linger: float = Field(
        default=30.0, gt=0, description="Seconds without a worker, while the parent lives, after which it leaves."
    )
