"""Serves one application in this process: load, bind, start, announce, stop, clean up."""

import asyncio
import os
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass
from typing import Any, cast

import uvicorn

from fluxlit_cli.application import Application, load_application
from fluxlit_cli.console import complain, say
from fluxlit_cli.errors import CliError
from fluxlit_cli.serving.listening import bind_address, bind_unix, inherit
from fluxlit_cli.serving.log_config import log_config
from fluxlit_cli.serving.pidfile import PidRecord, own_identity, remove_pidfile, write_pidfile
from fluxlit_cli.serving.plan import ServeRequest, publish_flags
from fluxlit_cli.serving.server import ApplicationServer
from fluxlit_cli.serving.start_screen import Addresses, addresses_of, show_ready, show_start

__all__ = ("serve",)

GRACE_SECONDS = 3.0
"""What requests in flight get to finish when the settings do not say."""

_SLACK_SECONDS = 0.7
"""For everything that stops at once; then the process leaves without it, and the sidecars follow by themselves."""

_INTERRUPTED = 130
_START_FAILED = 3
_UNLIMITED = 2**62
_LOUD_SECONDS = 600.0


@dataclass(frozen=True)
class _Stage:
    """What is known once the application is loaded and the socket bound."""

    app: Application
    listener: socket.socket
    addresses: Addresses
    started_at: float


def serve(request: ServeRequest) -> int:
    """Serve until a signal ends it.

    Returns:
        The exit code: 0 after SIGTERM, 130 after Ctrl-C, 3 when the application did not start.

    Raises:
        CliError: The target cannot be loaded or the address not be bound; nothing was started.
    """
    started_at = time.monotonic()
    publish_flags(request)
    app = load_application(request.target)
    app.import_target = request.target
    listener = _bind(request, app)
    stage = _Stage(app=app, listener=listener, addresses=_addresses(request, app, listener), started_at=started_at)
    pidfile = request.pidfile
    try:
        if pidfile is not None:
            write_pidfile(pidfile, _record(request, stage))
        return _run_server(request, stage)
    finally:
        listener.close()
        if request.uds is not None:
            request.uds.unlink(missing_ok=True)
        if pidfile is not None:
            remove_pidfile(pidfile, os.getpid())


def _setting(app: Application, name: str, default: Any) -> Any:
    """A setting that objects of other versions may lack."""
    return getattr(app.settings, name, default)


def _bind(request: ServeRequest, app: Application) -> socket.socket:
    if request.fd is not None:
        return inherit(request.fd)
    if request.uds is not None:
        return bind_unix(request.uds)
    return bind_address(app.settings.gateway_host, app.settings.gateway_port)


def _addresses(request: ServeRequest, app: Application, listener: socket.socket) -> Addresses:
    host = app.settings.gateway_host
    if request.fd is not None and listener.family in {socket.AF_INET, socket.AF_INET6}:
        host = listener.getsockname()[0]
    mount = str(_setting(app, "public_mount_path", str)())
    return addresses_of(listener, host=host, mount=mount, api_mount=app.settings.api_mount_path)


def _record(request: ServeRequest, stage: _Stage) -> PidRecord:
    path = stage.addresses.api.removeprefix(stage.addresses.base).rstrip("/ ")
    return PidRecord(
        pid=os.getpid(),
        identity=own_identity(),
        url=stage.addresses.base,
        target=request.target,
        status_path=f"{path}/readyz",
    )


def _run_server(request: ServeRequest, stage: _Stage) -> int:
    app = stage.app
    server = ApplicationServer(
        _uvicorn_config(app),
        on_started=lambda: _announce(request, stage),
        on_hangup=lambda: _reload_ui(app),
        on_stopping=lambda: _leave_in_time(app),
    )
    try:
        server.run(sockets=[stage.listener])
    except SystemExit as stopped:
        return stopped.code if isinstance(stopped.code, int) else _START_FAILED
    except KeyboardInterrupt:
        return _INTERRUPTED
    if server.ended_by == signal.SIGINT:
        return _INTERRUPTED
    return 0


def _uvicorn_config(app: Application) -> uvicorn.Config:
    trust = app.settings.trust_proxy
    level = app.settings.log_level
    limit = _setting(app, "gateway_ws_max_message_bytes", None)
    return uvicorn.Config(
        cast("Any", app),
        lifespan="on",
        log_config=log_config(level=level, style=_setting(app, "log_format", "console")),
        # The gateway writes an access line of its own, with secrets of the query masked.
        access_log=False,
        server_header=False,
        proxy_headers=trust,
        forwarded_allow_ips=(app.settings.forwarded_allow_ips or "127.0.0.1") if trust else None,
        timeout_graceful_shutdown=cast("Any", _grace(app)),
        ws_max_size=limit or _UNLIMITED,
    )


def _grace(app: Application) -> float:
    configured = _setting(app, "uvicorn_graceful_shutdown_timeout_s", None)
    return GRACE_SECONDS if configured is None else float(configured)


def _leave_in_time(app: Application) -> None:
    """Leave even when something does not stop: the sidecars end as soon as this process is gone."""
    seconds = _grace(app) + float(_setting(app, "sidecar_stop_timeout_s", 1.0)) + _SLACK_SECONDS

    def leave() -> None:
        complain(f"The application did not stop within {seconds:.1f} s and was left behind.")
        sys.stdout.flush()
        os._exit(1)

    timer = threading.Timer(seconds, leave)
    timer.daemon = True
    timer.start()


async def _announce(request: ServeRequest, stage: _Stage) -> None:
    show_start(stage.app.title, stage.addresses, development=request.development)
    while True:
        try:
            await stage.app.wait_until_ready(_LOUD_SECONDS)
            break
        except TimeoutError:
            complain(f"The UI is still not ready after {_LOUD_SECONDS:.0f} s; 'fluxlit status' says why.")
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 -- the application's own failure; the server goes on and says it
            complain(f"The UI cannot be started: {error}")
            return
    show_ready(time.monotonic() - stage.started_at, stage.addresses)


async def _reload_ui(app: Application) -> None:
    say("Replacing the UI's processes.")
    try:
        await app.reload_ui()
    except CliError as error:
        complain(str(error))
    except Exception as error:  # noqa: BLE001 -- a failed reload must not end the server
        complain(f"The UI was not replaced: {error}")
    else:
        say("The UI's processes were replaced.")
