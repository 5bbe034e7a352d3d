"""What a sidecar's child process is: its command, its surroundings and how one asks whether it serves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ("ChildSpec",)


class ChildSpec(BaseModel):
    """A child process that serves HTTP on a socket which the supervisor has bound and hands over.

    In `command`, ``{fd}`` stands for the number of that socket's file descriptor and ``{name}`` for the sidecar's name.
    A child that reports for itself (see `fluxlit_sidecar.child`) finds both in its environment.

    Example:
        >>> ChildSpec(command=("uvicorn", "shop:app", "--fd", "{fd}"), ready_when="probed").probe_path
        '/'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: tuple[str, ...] = Field(min_length=1, description="Program and arguments.")
    env: Mapping[str, str] = Field(
        default_factory=dict[str, str], description="Variables added to the parent's environment."
    )
    folder: Path | None = Field(default=None, description="Working folder; the parent's by default.")
    probe_path: str = Field(default="/", pattern="^/", description="Path that answers 2xx when the child serves.")
    can_be_spare: bool = Field(
        default=False,
        description="Whether the child waits when it is a spare; see `ParentLink.is_spare`. Others have no spares.",
    )
    ready_when: Literal["reported", "probed"] = Field(
        default="reported",
        description="Whether the child says that it is ready before it is probed, or is probed until it answers.",
    )
