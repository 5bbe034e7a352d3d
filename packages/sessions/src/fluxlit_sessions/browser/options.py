"""How the layer that issues session cookies is set up."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr

__all__ = ("BrowserSessionOptions",)


class BrowserSessionOptions(BaseModel):
    """Options of `BrowserSessions`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api_prefix: str = Field(default="/api", description="Requests below it get no cookie; they may have one.")
    root_mount: str = Field(default="", description="The public mount, the cookie's path, where the scope has none.")
    secret: SecretStr = Field(
        default=SecretStr(""), description="Signs the cookie; empty for a random key that the store keeps."
    )
    is_always_secure: bool = Field(
        default=False, description="Whether the public address is https, whatever this process sees of it."
    )
    check_seconds: float = Field(
        default=1.0, gt=0, description="How long a page's first answer waits for the store; without it the page comes."
    )
    issue_seconds: float = Field(
        default=5.0, gt=0, description="How long a page that needs a new session waits for the store."
    )
