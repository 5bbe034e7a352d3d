"""What a supervisor is told when it is started."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict, Field

from fluxlit_sidecar.child_spec import ChildSpec
from fluxlit_sidecar.options import SidecarOptions
from fluxlit_sidecar.sharing.workers import WorkerParent

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ("SupervisorConfiguration",)


class SupervisorConfiguration(BaseModel):
    """Travels to the supervisor over its standard input, since it may hold secrets, with the descriptors beside it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path = Field(description="The shared runtime folder.")
    spec: ChildSpec
    options: SidecarOptions
    parent: WorkerParent
    environment: dict[str, str] = Field(description="The environment of the worker, which sidecars inherit.")
    working_folder: Path = Field(description="The working folder of the worker.")
    listen_fd: int = Field(default=-1, description="The listening socket that workers connect to.")
    lock_fd: int = Field(default=-1, description="Holds the folder's lock as long as the supervisor lives.")
    listeners: dict[str, int] = Field(
        default_factory=dict[str, int], description="Sockets that workers listen on, by name."
    )
    linger: float = Field(
        default=30.0, gt=0, description="Seconds without a worker, while the parent lives, after which it leaves."
    )

    def descriptors(self) -> tuple[int, ...]:
        """All descriptors, to be handed over beside this."""
        return (self.listen_fd, self.lock_fd, *self.listeners.values())

    def with_descriptors(self, received: Sequence[int]) -> Self:
        """The same, with the numbers that the descriptors have in the process that has received them."""
        listen, lock, *listeners = received
        named = dict(zip(self.listeners, listeners, strict=True))
        return self.model_copy(update={"listen_fd": listen, "lock_fd": lock, "listeners": named})
