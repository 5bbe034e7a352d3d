"""Serves one application in this process: load, bind, start, announce, stop, clean up."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Generator

from fluxlit_cli.application import Application, load_application
from fluxlit_cli.console import complain
from fluxlit_cli.serving.announcement import Stage, announce, replace_ui
from fluxlit_cli.serving.first_sidecar import dismiss_unless_needed
from fluxlit_cli.serving.listening import bind_address, bind_unix, inherit
from fluxlit_cli.serving.pidfile import PidRecord, own_identity, remove_pidfile, write_pidfile
from fluxlit_cli.serving.plan import ServeRequest, publish
from fluxlit_cli.serving.reload_channel import is_reload_child, listener_of_parent, parent_gone, tell_parent
from fluxlit_cli.serving.server import ApplicationServer
from fluxlit_cli.serving.start_screen import Addresses, addresses_of
from fluxlit_cli.serving.systemd import keep_watchdog_quiet, notify
from fluxlit_cli.serving.uvicorn_config import setting, stop_seconds, uvicorn_config
from fluxlit_cli.serving.workers import serve_with_workers

__all__ = ("serve",)

_INTERRUPTED = 130
_START_FAILED = 3


def serve(request: ServeRequest) -> int:
    """Serve until a signal ends it.

    Returns:
        The exit code: 0 after SIGTERM, 130 after Ctrl-C, 3 when the application did not start.

    Raises:
        CliError: The target cannot be loaded or the address not be bound; nothing was started.
    """
    started_at = time.monotonic()
    publish(request)
    app = load_application(request.target)
    app.import_target = request.target
    dismiss_unless_needed(app)
    with _listening(request, app) as listener:
        stage = Stage(app=app, addresses=_addresses(request, app, listener), started_at=started_at)
        with _pidfile(request, stage):
            if is_reload_child():
                tell_parent(listener, stage.addresses)
            if request.workers > 1:
                return serve_with_workers(request, stage, listener)
            return _serve_here(request, stage, listener)


@contextlib.contextmanager
def _listening(request: ServeRequest, app: Application) -> Generator[socket.socket]:
    inherited = listener_of_parent() if is_reload_child() else request.fd
    if inherited is not None:
        listener = inherit(inherited)
    elif request.uds is not None:
        listener = bind_unix(request.uds)
    else:
        listener = bind_address(app.settings.gateway_host, app.settings.gateway_port)
    try:
        yield listener
    finally:
        listener.close()
        if request.uds is not None:
            request.uds.unlink(missing_ok=True)


def _addresses(request: ServeRequest, app: Application, listener: socket.socket) -> Addresses:
    host = app.settings.gateway_host
    if request.fd is not None and listener.family in {socket.AF_INET, socket.AF_INET6}:
        host = listener.getsockname()[0]
    mount = str(setting(app, "public_mount_path", str)())
    return addresses_of(listener, host=host, mount=mount, api_mount=app.settings.api_mount_path)


@contextlib.contextmanager
def _pidfile(request: ServeRequest, stage: Stage) -> Generator[None]:
    if request.pidfile is None:
        yield
        return
    record = PidRecord(
        pid=os.getpid(),
        identity=own_identity(),
        url=stage.addresses.base,
        target=request.target,
        status_path=stage.addresses.status_path,
    )
    write_pidfile(request.pidfile, record)
    try:
        yield
    finally:
        remove_pidfile(request.pidfile, record.pid)


def _serve_here(request: ServeRequest, stage: Stage, listener: socket.socket) -> int:
    app = stage.app

    async def accompany() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(announce(request, stage))
            group.create_task(keep_watchdog_quiet())
            if is_reload_child():
                await parent_gone()
                server.should_exit = True

    server = ApplicationServer(
        uvicorn_config(app),
        on_started=accompany,
        on_hangup=lambda: replace_ui(app),
        on_stopping=lambda: _leave_in_time(stop_seconds(app)),
    )
    try:
        server.run(sockets=[listener])
    except SystemExit as stopped:
        return stopped.code if isinstance(stopped.code, int) else _START_FAILED
    except KeyboardInterrupt:
        return _INTERRUPTED
    return _INTERRUPTED if server.ended_by == signal.SIGINT else 0


def _leave_in_time(seconds: float) -> None:
    """Leave even when something does not stop: the sidecars end as soon as this process is gone."""
    notify("STOPPING=1")

    def leave() -> None:
        complain(f"The application did not stop within {seconds:.1f} s and was left behind.")
        sys.stdout.flush()
        os._exit(1)

    timer = threading.Timer(seconds, leave)
    timer.daemon = True
    timer.start()
