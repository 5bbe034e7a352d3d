"""Where the application is served, under which public address, and which proxies it believes."""

from pydantic import Field
from pydantic_settings import BaseSettings

from fluxlit.settings.value_types import NonNegativeFloat, OptionalSeconds, OptionalText, Port

__all__ = ("ServingFields",)


class ServingFields(BaseSettings):
    """Address, mounts, proxies and shutdown."""

    title: str = Field(default="FluxLit", description="Name of the application, in the API documentation and the UI.")
    gateway_host: str = Field(
        default="127.0.0.1", description="Address to listen on; `0.0.0.0` or `::` for every interface."
    )
    gateway_port: Port = Field(default=8000, description="Port to listen on; 0 takes any free one.")
    streamlit_host: str = Field(default="127.0.0.1", description="Reserved; sidecars listen on Unix sockets.")
    streamlit_port: Port = Field(default=0, description="Reserved; sidecars listen on Unix sockets.")
    api_mount_path: str = Field(default="/api", description="Path under which the FastAPI routes are served.")
    root_path: str = Field(
        default="",
        description="Public path of the whole application behind a proxy, such as `/apps/sales`; empty at the root.",
    )
    streamlit_public_path: str = Field(default="", description="Older name of `root_path`, used when that is empty.")
    public_base_url: str = Field(
        default="",
        description="Address that browsers use, such as `https://example.org/apps/sales`. When it is empty, the "
        "variable `PUBLIC_BASE_URL` is read, and then each request's own address is used.",
    )
    strict_public_base_url: bool = Field(
        default=False,
        description="Let `fluxlit doctor` fail when `FLUXLIT_PUBLIC_BASE_URL` and `PUBLIC_BASE_URL` differ.",
    )
    trust_proxy: bool = Field(
        default=False, description="Believe the forwarding headers of the proxies in `forwarded_allow_ips`."
    )
    forwarded_allow_ips: OptionalText = Field(
        default=None,
        description="Comma-separated addresses or networks of the proxies to believe; `*` for any peer.",
    )
    uvicorn_graceful_shutdown_timeout_s: OptionalSeconds = Field(
        default=None,
        description="Seconds that requests in flight get to finish after SIGTERM or Ctrl-C; unset means 3 seconds.",
    )
    shutdown_delay_s: NonNegativeFloat = Field(
        default=0.0,
        description="Seconds to go on serving after SIGTERM, with `/readyz` at 503, so that a balancer that asks it "
        "sends nothing more by the time the port closes. 0 closes it at once.",
    )
    debug: bool = Field(
        default=False,
        description="Diagnostics: access and request logging, log level `debug`, and `/__fluxlit/debug`. "
        "Not for production.",
    )
    strict_startup: bool = Field(
        default=False, description="Refuse to start with a proxy, mount or header configuration that is half done."
    )
