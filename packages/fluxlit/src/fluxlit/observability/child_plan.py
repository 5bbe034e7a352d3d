"""What a sidecar is told about observing: travels in one environment variable, as JSON."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

__all__ = ("ChildPlan",)

_VARIABLE = "FLUXLIT_INTERNAL_OBSERVABILITY"


class ChildPlan(BaseModel):
    """What the gateway's process wants its sidecars to do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: str = Field(default="FluxLit", description="Name of the service in traces.")
    metrics_folder: Path | None = Field(default=None, description="Where to leave numbers; None counts nothing.")
    tracing: bool = Field(default=False, description="Whether to send spans.")
    baggage: bool = Field(default=False, description="Whether baggage of a browser's request goes on.")
    log_level: str = Field(default="INFO", description="Least severe level of page code's lines.")

    def to_env(self) -> dict[str, str]:
        """The variable."""
        return {_VARIABLE: self.model_dump_json()}

    @classmethod
    def from_env(cls) -> Self:
        """The plan of this process."""
        return cls.model_validate_json(os.environ.get(_VARIABLE, "{}"))
