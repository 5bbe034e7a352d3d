"""How long sessions live."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ("SessionOptions",)


class SessionOptions(BaseModel):
    """Lifetimes of sessions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    idle_seconds: float = Field(default=86400.0, gt=0, description="Seconds without a visit after which it ends.")
    absolute_seconds: float = Field(
        default=604800.0, gt=0, description="Seconds after its begin, or its login, when it ends however busy it is."
    )
    touch_seconds: float = Field(
        default=60.0,
        ge=0,
        description="A visit that changes nothing is written down if the last one is this long ago: reads stay reads.",
    )
    prefix: str = Field(default="session:", description="Begins the ids in the store.")
