"""`fluxlit run` and `fluxlit shutdown` as functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from fluxlit_cli.serving.pidfile import default_pidfile_path
from fluxlit_cli.serving.plan import ServeRequest

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ("run_unified", "shutdown_unified_process")

_SCOPES = ("gateway", "full")


def run_unified(  # noqa: PLR0913 - the documented signature
    target: str,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    reload: bool = False,
    reload_scope: Literal["gateway", "full"] = "gateway",
    log_level: str = "info",
    proxy_headers: bool = False,
    forwarded_allow_ips: str | None = None,
    pidfile: Path | None = None,
    write_pidfile: bool = True,
    workbench_mode: bool = False,
) -> None:
    """Serve an application until a signal ends it, as `fluxlit run` (with `reload`, as `fluxlit dev --reload`).

    Args:
        target: `module:attribute`.
        host: Address to bind.
        port: Port to bind; 0 takes a free one.
        reload: Reload when code is saved.
        reload_scope: `gateway`, or `full` to replace the pages' processes as well.
        log_level: Of uvicorn's loggers.
        proxy_headers: Believe the forwarding headers of `forwarded_allow_ips`.
        forwarded_allow_ips: The proxies in front, as addresses and networks.
        pidfile: Where the process's id is written.
        write_pidfile: Whether it is.
        workbench_mode: Serve behind Posit Workbench or Connect.

    Raises:
        ValueError: `reload_scope` is unknown.
        SystemExit: It did not end well; the code is that of `fluxlit run`.
    """
    if reload and reload_scope not in _SCOPES:
        raise ValueError(f"reload_scope {reload_scope!r} is unknown; give 'gateway' or 'full'")
    flags: dict[str, tuple[str, object]] = {
        "gateway_host": ("--host", host),
        "gateway_port": ("--port", port),
        "log_level": ("--log-level", log_level),
    }
    if proxy_headers or workbench_mode:
        flags["trust_proxy"] = ("--proxy-headers", True)
    if forwarded_allow_ips:
        flags["forwarded_allow_ips"] = ("--forwarded-allow-ips", forwarded_allow_ips)
    request = ServeRequest(
        target=target,
        flags=flags,
        pidfile=default_pidfile_path(pidfile) if write_pidfile else None,
        workbench=workbench_mode,
        development=reload,
    )
    code = _serve_reloading(request, reload_scope) if reload else _serve(request)
    if code:
        raise SystemExit(code)


def _serve(request: ServeRequest) -> int:
    from fluxlit_cli.serving.serve import serve  # noqa: PLC0415 - serving is heavy; this module is imported early

    return serve(request)


def _serve_reloading(request: ServeRequest, scope: str) -> int:
    from fluxlit_cli.serving.dev_reload import serve_with_reload  # noqa: PLC0415 - as above
    from fluxlit_cli.serving.watched_files import Scope  # noqa: PLC0415 - as above

    arguments = ["dev", request.target, "--no-reload", "--no-pidfile", "--reload-scope", scope]
    for flag, value in request.flags.values():
        arguments += [flag] if value is True else [flag, str(value)]
    if request.workbench:
        arguments.append("--workbench")
    return serve_with_reload(request, arguments, scope=Scope(scope))


def shutdown_unified_process(
    pidfile: Path | None = None, *, force: bool = False, wait_s: float = 5.0
) -> tuple[int, str]:
    """End the server that a pidfile names, as `fluxlit shutdown`.

    Args:
        pidfile: By default `FLUXLIT_PIDFILE`, else `.fluxlit-dev.pid` in the working directory.
        force: Kill it when it does not end by itself.
        wait_s: Seconds to wait for its end.

    Returns:
        Exit code and message: 0 it has ended, 1 it still runs, 2 there is no such file.
    """
    from fluxlit_cli.control.shutdown import shut_down  # noqa: PLC0415 - as above

    return shut_down(default_pidfile_path(pidfile), force=force, wait_seconds=wait_s)
