"""``fluxlit dev``, ``run`` and ``workbench``: their options; the serving itself is in ``fluxlit_cli.serving``."""

import os
from collections.abc import Mapping
from pathlib import Path

import typer

from fluxlit_cli.commands.options import (
    Debug,
    ForwardedAllowIps,
    Host,
    LogLevel,
    NoPidfile,
    Pidfile,
    Port,
    ProxyHeaders,
    Target,
    Workbench,
)
from fluxlit_cli.project import load_project_config, resolve_target
from fluxlit_cli.serving.pidfile import default_pidfile_path

__all__ = ("register",)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("dev")(dev)
    app.command("run")(run)


def dev(  # noqa: PLR0913 -- each option of the command is a parameter
    target: Target = None,
    *,
    host: Host = None,
    port: Port = None,
    log_level: LogLevel = None,
    proxy_headers: ProxyHeaders = None,
    forwarded_allow_ips: ForwardedAllowIps = None,
    pidfile: Pidfile = None,
    no_pidfile: NoPidfile = False,
    workbench: Workbench = False,
    debug: Debug = False,
) -> None:
    """Serve for development: the API and the pages reload when their code is saved."""
    _serve(
        target,
        _given(
            gateway_host=("--host", host),
            gateway_port=("--port", port),
            log_level=("--log-level", log_level),
            trust_proxy=("--proxy-headers", proxy_headers),
            forwarded_allow_ips=("--forwarded-allow-ips", forwarded_allow_ips),
            debug=("--debug", debug or None),
        ),
        pidfile=_pidfile(pidfile, off=no_pidfile),
        workbench=workbench,
        development=True,
    )


def run(  # noqa: PLR0913 -- each option of the command is a parameter
    target: Target = None,
    *,
    host: Host = None,
    port: Port = None,
    log_level: LogLevel = None,
    proxy_headers: ProxyHeaders = None,
    forwarded_allow_ips: ForwardedAllowIps = None,
    pidfile: Pidfile = None,
    no_pidfile: NoPidfile = False,
    workbench: Workbench = False,
    debug: Debug = False,
) -> None:
    """Serve for production."""
    _serve(
        target,
        _given(
            gateway_host=("--host", host),
            gateway_port=("--port", port),
            log_level=("--log-level", log_level),
            trust_proxy=("--proxy-headers", proxy_headers),
            forwarded_allow_ips=("--forwarded-allow-ips", forwarded_allow_ips),
            debug=("--debug", debug or None),
        ),
        pidfile=_pidfile(pidfile, off=no_pidfile),
        workbench=workbench,
    )


def _serve(
    target: str | None,
    flags: Mapping[str, tuple[str, object]],
    *,
    pidfile: Path | None,
    workbench: bool = False,
    development: bool = False,
) -> None:
    from fluxlit_cli.serving.plan import ServeRequest  # noqa: PLC0415 -- serving is heavy, and --help must not wait
    from fluxlit_cli.serving.serve import serve  # noqa: PLC0415 -- as above

    request = ServeRequest(
        target=resolve_target(target, load_project_config()),
        flags=flags,
        pidfile=pidfile,
        workbench=workbench,
        development=development,
    )
    raise typer.Exit(serve(request))


def _given(**flags: tuple[str, object]) -> dict[str, tuple[str, object]]:
    return {name: pair for name, pair in flags.items() if pair[1] is not None}


def _pidfile(path: Path | None, *, off: bool) -> Path | None:
    if off or os.environ.get("FLUXLIT_NO_PIDFILE", "").strip().lower() in {"1", "true", "yes", "on"}:
        return None
    return default_pidfile_path(path)
