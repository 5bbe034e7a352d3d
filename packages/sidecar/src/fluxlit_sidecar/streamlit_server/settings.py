"""What a Streamlit sidecar is told by its supervisor."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from fluxlit_sidecar.child.names import STREAMLIT
from fluxlit_sidecar.errors import SidecarOptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("StreamlitServerSettings",)


class StreamlitServerSettings(BaseModel):
    """What to serve and how; travels to the child in one environment variable, as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    script: Path = Field(description="The Streamlit entry script.")
    arguments: tuple[str, ...] = Field(default=(), description="sys.argv[1:] of page code.")
    setup: str = Field(default="", description="module:function called once before the sidecar is ready.")
    mode: Literal["run", "dev"] = Field(default="run", description="dev keeps Streamlit's file watcher.")
    base_url_path: str = Field(default="", description="Public path that the pages are under, without slashes around.")
    streamlit_options: dict[str, object] = Field(
        default_factory=dict[str, object], description="Streamlit options by their dotted names."
    )
    trusted_user_headers: dict[str, str] = Field(
        default_factory=dict[str, str], description="Header name to the key of st.user that it fills."
    )
    allowed_origins: tuple[str, ...] = Field(
        default=(), description="Origins that may use the pages besides their own."
    )
    warm_imports: tuple[str, ...] = Field(
        default=("numpy", "pandas", "pyarrow", "altair"),
        description="Modules imported before ready, when they are installed.",
    )
    spare_imports: tuple[str, ...] = Field(
        default=(),
        description="Modules that a spare imports too, when they are installed: none of the application.",
    )
    lean_runs: bool = Field(
        default=True, description="Whether parts of Streamlit give way to equivalents that cost less, in run mode."
    )
    rehearse: bool = Field(default=True, description="Whether a page of our own runs once before ready, in run mode.")
    warm_pages: tuple[str, ...] = Field(default=(), description="Page paths run once, headless, before ready.")
    collect_every_runs: int = Field(
        default=200, ge=1, description="Runs after which garbage is collected at the latest."
    )
    collect_when_idle: float = Field(default=2.0, gt=0, description="Idle seconds after which garbage is collected.")

    def warms_like(self, other: Self) -> bool:
        """Whether a process that was warmed by these settings is warm by the `other` ones too."""
        return (self.mode, self.rehearse) == (other.mode, other.rehearse) and (
            set(other.warm_imports) <= set(self.warm_imports)
        )

    def to_env(self) -> dict[str, str]:
        """The environment variable that carries these settings."""
        return {STREAMLIT: self.model_dump_json()}

    @classmethod
    def from_env(cls) -> Self:
        """The settings of this process; they are gone from the environment afterwards."""
        return cls.model_validate_json(os.environ.pop(STREAMLIT))

    @classmethod
    def of_child(cls, env: Mapping[str, str]) -> Self:
        """The settings that the environment of a child carries.

        Raises:
            SidecarOptionError: It carries none.
        """
        if STREAMLIT not in env:
            raise SidecarOptionError("this is no Streamlit child; describe it with streamlit_child()")
        return cls.model_validate_json(env[STREAMLIT])
