"""``fluxlit dev``, ``run`` and ``workbench``: their options; the serving itself is in ``fluxlit_cli.serving``."""

import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from fluxlit_cli.commands.options import (
    Debug,
    Fd,
    ForwardedAllowIps,
    Host,
    LogFormat,
    LogLevel,
    MetricsListen,
    NoPidfile,
    Pidfile,
    Port,
    ProxyHeaders,
    RootPath,
    Sidecars,
    SidecarSpares,
    Target,
    Uds,
    Workbench,
    Workers,
)
from fluxlit_cli.console import remark
from fluxlit_cli.errors import UsageProblemError
from fluxlit_cli.project import load_project_config, resolve_target
from fluxlit_cli.serving.pidfile import default_pidfile_path
from fluxlit_cli.serving.plan import ServeRequest

__all__ = ("dev", "register", "run", "workbench")


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("dev", short_help="Serve, and reload when code is saved.")(dev)
    app.command("run", short_help="Serve for production.")(run)
    app.command("workbench", short_help="Serve behind Posit Workbench or Connect.")(workbench)


def dev(  # noqa: PLR0913 -- each option of the command is a parameter
    target: Target = None,
    *,
    host: Host = None,
    port: Port = None,
    log_level: LogLevel = None,
    log_format: LogFormat = None,
    root_path: RootPath = None,
    sidecars: Sidecars = None,
    sidecar_spares: SidecarSpares = None,
    proxy_headers: ProxyHeaders = None,
    forwarded_allow_ips: ForwardedAllowIps = None,
    reload: Annotated[bool, typer.Option("--reload/--no-reload", help="Start anew when code is saved.")] = True,
    reload_scope: Annotated[
        str,
        typer.Option(
            help="'gateway' starts the API anew and leaves the pages' processes alone; 'full' replaces those too, and "
            "watches configuration files.",
            metavar="<gateway|full>",
        ),
    ] = "gateway",
    open_browser: Annotated[bool, typer.Option("--open", help="Open the start page in the browser.")] = False,
    pidfile: Pidfile = None,
    no_pidfile: NoPidfile = False,
    workbench: Workbench = False,
    debug: Debug = False,
) -> None:
    """Serve for development: the API and the pages reload when their code is saved."""
    request = ServeRequest(
        target=_target(target),
        flags=_flags(
            gateway_host=("--host", host),
            gateway_port=("--port", port),
            log_level=("--log-level", log_level),
            log_format=("--log-format", log_format),
            root_path=("--root-path", root_path),
            sidecars=("--sidecars", sidecars),
            sidecar_spares=("--sidecar-spares", sidecar_spares),
            trust_proxy=("--workbench", True) if workbench else ("--proxy-headers", proxy_headers),
            forwarded_allow_ips=("--forwarded-allow-ips", forwarded_allow_ips),
            debug=("--debug", debug or None),
        ),
        pidfile=_pidfile(pidfile, off=no_pidfile),
        workbench=workbench,
        development=True,
        open_browser=open_browser,
    )
    if reload and not hasattr(socket, "send_fds"):
        remark("Reloading needs Unix sockets, which this platform does not have; serving without it.")
    elif reload:
        _serve_with_reload(request, reload_scope)
    _serve(request)


def run(  # noqa: PLR0913 -- each option of the command is a parameter
    target: Target = None,
    *,
    host: Host = None,
    port: Port = None,
    uds: Uds = None,
    fd: Fd = None,
    workers: Workers = 1,
    sidecars: Sidecars = None,
    sidecar_spares: SidecarSpares = None,
    proxy_headers: ProxyHeaders = None,
    forwarded_allow_ips: ForwardedAllowIps = None,
    root_path: RootPath = None,
    log_level: LogLevel = None,
    log_format: LogFormat = None,
    metrics_listen: MetricsListen = None,
    pidfile: Pidfile = None,
    no_pidfile: NoPidfile = False,
    workbench: Workbench = False,
    debug: Debug = False,
) -> None:
    """Serve for production."""
    if uds is not None and fd is not None:
        raise UsageProblemError("--uds and --fd exclude each other; give one of them.")
    request = ServeRequest(
        target=_target(target),
        flags=_flags(
            gateway_host=("--host", host),
            gateway_port=("--port", port),
            log_level=("--log-level", log_level),
            log_format=("--log-format", log_format),
            metrics_listen=("--metrics-listen", metrics_listen),
            root_path=("--root-path", root_path),
            sidecars=("--sidecars", sidecars),
            sidecar_spares=("--sidecar-spares", sidecar_spares),
            trust_proxy=("--workbench", True) if workbench else ("--proxy-headers", proxy_headers),
            forwarded_allow_ips=("--forwarded-allow-ips", forwarded_allow_ips),
            debug=("--debug", debug or None),
        ),
        uds=uds,
        fd=fd,
        workers=workers,
        pidfile=_pidfile(pidfile, off=no_pidfile),
        workbench=workbench,
    )
    _serve(request)


def workbench(  # noqa: PLR0913 -- each option of the command is a parameter
    target: Target = None,
    *,
    host: Host = None,
    port: Port = None,
    log_level: LogLevel = None,
    forwarded_allow_ips: ForwardedAllowIps = None,
    root_path: RootPath = None,
    pidfile: Pidfile = None,
    no_pidfile: NoPidfile = False,
    debug: Debug = False,
) -> None:
    """Serve behind Posit Workbench or Connect, as 'run --workbench'."""
    request = ServeRequest(
        target=_target(target),
        flags=_flags(
            gateway_host=("--host", host),
            gateway_port=("--port", port),
            log_level=("--log-level", log_level),
            root_path=("--root-path", root_path),
            trust_proxy=("fluxlit workbench", True),
            forwarded_allow_ips=("--forwarded-allow-ips", forwarded_allow_ips),
            debug=("--debug", debug or None),
        ),
        pidfile=_pidfile(pidfile, off=no_pidfile),
        workbench=True,
    )
    _serve(request)


def _target(given: str | None) -> str:
    return resolve_target(given, load_project_config())


def _flags(**flags: tuple[str, object]) -> Mapping[str, tuple[str, object]]:
    return {name: pair for name, pair in flags.items() if pair[1] is not None}


def _pidfile(path: Path | None, *, off: bool) -> Path | None:
    if off or os.environ.get("FLUXLIT_NO_PIDFILE", "").strip().lower() in {"1", "true", "yes", "on"}:
        return None
    return default_pidfile_path(path)


def _serve(request: ServeRequest) -> None:
    from fluxlit_cli.serving.first_sidecar import first_sidecar_ahead  # noqa: PLC0415 -- --help has no use for it

    with first_sidecar_ahead(request):
        from fluxlit_cli.serving.serve import serve  # noqa: PLC0415 -- serving is heavy, and --help must not wait for it

        raise typer.Exit(serve(request))


def _serve_with_reload(request: ServeRequest, scope: str) -> None:
    from fluxlit_cli.serving.dev_reload import serve_with_reload  # noqa: PLC0415 -- as above
    from fluxlit_cli.serving.pidfile import refuse_running  # noqa: PLC0415 -- as above
    from fluxlit_cli.serving.watched_files import Scope  # noqa: PLC0415 -- as above

    if scope not in set(Scope):
        raise UsageProblemError(f"--reload-scope {scope!r} is unknown; give 'gateway' or 'full'.")
    if request.pidfile is not None:
        refuse_running(request.pidfile)
    arguments = [part for part in sys.argv[1:] if part not in {"--reload", "--open"}]
    raise typer.Exit(serve_with_reload(request, [*arguments, "--no-reload", "--no-pidfile"], scope=Scope(scope)))
