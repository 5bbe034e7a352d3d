"""The Streamlit processes: how many, how they start, stop and are renewed."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings

from fluxlit.settings.value_types import JsonObject, NonNegativeFloat, NonNegativeInt, TextList

__all__ = ("SidecarFields",)


class SidecarFields(BaseSettings):
    """Streamlit's processes and options."""

    runtime: Literal["sidecar", "native"] = Field(
        default="sidecar",
        description="`sidecar` runs Streamlit in supervised processes of its own; `native` runs it inside the gateway "
        "process, for small deployments and tests.",
    )
    sidecars: Annotated[int, Field(ge=1, le=256)] | Literal["auto"] = Field(
        default=1, description="Number of Streamlit processes; `auto` is one for each CPU that this process may use."
    )
    sidecar_spares: Annotated[int, Field(ge=0, le=16)] = Field(
        default=0,
        description="Prepared processes that wait to take the place of a sidecar that crashes or hangs, so that its "
        "pages are back in a fraction of a second instead of some two seconds. Each holds about 140 MB and nothing of "
        'the application; `runtime = "native"` has none.',
    )
    sidecar_warm_pages: TextList = Field(
        default=[],
        description="Paths of pages, such as `/, /reports`, that run once, headless, before a sidecar takes visitors.",
    )
    sidecar_lean_runs: bool = Field(
        default=True,
        description="Let parts of Streamlit's bookkeeping give way to equivalents that cost less, outside of "
        "development: a rerun then takes half the processor time. Turn it off to see whether a page that misbehaves "
        "does so with Streamlit as it is.",
    )
    sidecar_start_timeout_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] = Field(
        default=60.0, description="Seconds that a sidecar gets to become ready before its start counts as failed."
    )
    sidecar_stop_timeout_s: NonNegativeFloat = Field(
        default=1.0, description="Seconds between asking a sidecar to stop and killing it."
    )
    sidecar_drain_timeout_s: NonNegativeFloat = Field(
        default=30.0, description="Seconds that open sessions keep a sidecar alive while it is being replaced."
    )
    sidecar_hang_timeout_s: Annotated[float, Field(gt=0, le=600, allow_inf_nan=False)] = Field(
        default=8.0,
        description="Seconds without an answer after which a sidecar that does not use the processor either is "
        "replaced; one that computes gets a minute, or this when it is longer.",
    )
    sidecar_max_age_s: NonNegativeFloat = Field(
        default=0.0, description="Replace a sidecar after this many seconds; 0 is never."
    )
    sidecar_max_memory_bytes: NonNegativeInt = Field(
        default=0, description="Replace a sidecar that holds more than this many bytes of memory; 0 is never."
    )
    sidecar_max_sessions: NonNegativeInt = Field(
        default=0, description="Replace a sidecar after it has served this many sessions; 0 is never."
    )
    streamlit_run_cli_args: TextList = Field(
        default=[],
        description="Further options of `streamlit run`, such as `--server.maxUploadSize, 500`. Address, port and "
        "base path belong to FluxLit.",
    )
    streamlit_page_config: JsonObject = Field(
        default={}, description="Arguments of `st.set_page_config`: `page_title`, `page_icon`, `layout`, …"
    )
