"""Options that several commands share, declared once."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = (
    "Debug",
    "Fd",
    "ForwardedAllowIps",
    "Host",
    "LogFormat",
    "LogLevel",
    "MetricsListen",
    "NoPidfile",
    "Pidfile",
    "Port",
    "ProxyHeaders",
    "RootPath",
    "SidecarSpares",
    "Sidecars",
    "Target",
    "Uds",
    "Workbench",
    "Workers",
)

Target = Annotated[
    str | None,
    typer.Argument(
        metavar="TARGET",
        help="Your FluxLit object, module:attribute or path/to/app.py:attribute "
        "(default: the project file's, else app:app).",
        show_default=False,
    ),
]
Host = Annotated[str | None, typer.Option("--host", help="Address to listen on.", show_default=False)]
Port = Annotated[
    int | None,
    typer.Option("--port", min=0, max=65535, help="Port to listen on; 0 takes a free one.", show_default=False),
]
LogLevel = Annotated[
    str | None,
    typer.Option("--log-level", help="critical, error, warning, info, debug or trace.", show_default=False),
]
ProxyHeaders = Annotated[
    bool | None,
    typer.Option(
        "--proxy-headers/--no-proxy-headers",
        help="Believe X-Forwarded-* of the proxies in --forwarded-allow-ips.",
        show_default=False,
    ),
]
ForwardedAllowIps = Annotated[
    str | None,
    typer.Option(
        "--forwarded-allow-ips",
        help="Comma-separated addresses or networks of the proxies to believe (default: 127.0.0.1).",
        show_default=False,
    ),
]
Pidfile = Annotated[
    Path | None,
    typer.Option("--pidfile", help="Where to write the pidfile (default: .fluxlit-dev.pid or FLUXLIT_PIDFILE)."),
]
NoPidfile = Annotated[bool, typer.Option("--no-pidfile", help="Write no pidfile (as FLUXLIT_NO_PIDFILE=1).")]
Workbench = Annotated[
    bool,
    typer.Option("--workbench", help="Posit Workbench or Connect: believe the proxy, and print the local addresses."),
]
Debug = Annotated[
    bool,
    typer.Option("--debug", help="Diagnostics: access and request logging, GET /__fluxlit/debug. Not for production."),
]
LogFormat = Annotated[str | None, typer.Option("--log-format", help="console, json or logfmt.", show_default=False)]
MetricsListen = Annotated[
    str | None,
    typer.Option(
        "--metrics-listen",
        help="Serve Prometheus metrics on an address of their own: host:port or unix:/path.",
        show_default=False,
    ),
]
RootPath = Annotated[
    str | None,
    typer.Option("--root-path", help="Public path behind a proxy, such as /apps/sales.", show_default=False),
]
Sidecars = Annotated[
    str | None,
    typer.Option("--sidecars", help="Number of Streamlit processes, or 'auto' for one a CPU.", show_default=False),
]
SidecarSpares = Annotated[
    int | None,
    typer.Option(
        "--sidecar-spares",
        min=0,
        max=16,
        help="Number of prepared processes that wait to take the place of one that crashes.",
        show_default=False,
    ),
]
Uds = Annotated[Path | None, typer.Option("--uds", help="Listen on this Unix socket instead of an address.")]
Fd = Annotated[int | None, typer.Option("--fd", min=0, help="Serve on this inherited socket (systemd passes 3).")]
Workers = Annotated[int, typer.Option("--workers", min=1, max=256, help="Number of gateway processes.")]
