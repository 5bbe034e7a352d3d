"""Several gateway processes on one socket, kept alive by uvicorn's own supervisor.

Lifecycle: ``serve_with_workers`` runs until SIGTERM or SIGINT; SIGHUP replaces the workers one after the other.
The sidecars are shared: the application's lifespan in the workers decides which of them supervises.
"""

import multiprocessing
import os
import signal
import socket
import threading
import time
from functools import partial
from typing import Any, Protocol

import uvicorn
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from fluxlit_cli.application import Application, load_application
from fluxlit_cli.console import complain
from fluxlit_cli.readiness import ask_readiness
from fluxlit_cli.serving.announcement import Stage
from fluxlit_cli.serving.plan import ServeRequest
from fluxlit_cli.serving.start_screen import show_ready, show_start
from fluxlit_cli.serving.systemd import notify, watchdog_interval
from fluxlit_cli.serving.uvicorn_config import setting, stop_seconds, uvicorn_config

__all__ = ("application", "serve_with_workers")

_INTERRUPTED = 130
_START_FAILED = 3
_POLL_SECONDS = 0.2


class _Waitable(Protocol):
    def join(self, timeout: float | None = None) -> None: ...


class _Workers(Multiprocess):
    """uvicorn's supervisor, which also remembers what ended it."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket], *, stop_within: float) -> None:
        super().__init__(config, sockets)
        self.ended_by: int | None = None
        self._stop_within = stop_within

    def handle_int(self) -> None:
        """Stop, as Ctrl-C asks."""
        self._end(signal.SIGINT)

    def handle_term(self) -> None:
        """Stop, as a service manager asks."""
        self._end(signal.SIGTERM)

    def restart_all(self) -> None:
        """Replace the workers, each by SIGINT: one that gets SIGTERM may say for a while that the server goes."""
        for process in self.processes:
            process.terminate = partial(_interrupt, process)
        try:
            super().restart_all()
        finally:
            for process in self.processes:
                vars(process).pop("terminate", None)

    def _end(self, number: int) -> None:
        self.ended_by = self.ended_by or number
        notify("STOPPING=1")
        timer = threading.Timer(self._stop_within, self._kill_all)
        timer.daemon = True
        timer.start()
        self.should_exit.set()

    def _kill_all(self) -> None:
        complain(f"Workers that did not stop within {self._stop_within:.1f} s are killed.")
        for worker in self.processes:
            if worker.process.exitcode is None:
                worker.process.kill()


def _interrupt(worker: Process) -> None:
    if worker.exitcode is None and worker.pid is not None:
        os.kill(worker.pid, signal.SIGINT)
    worker.parent_conn.close()
    worker.child_conn.close()


def application() -> Application:
    """The application of a worker process: what the command line named, from the environment."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    target = os.environ["FLUXLIT_APP"]
    app = load_application(target)
    app.import_target = target
    return app


def _end_with(parent: _Waitable) -> None:
    """End this worker gracefully when its supervisor is gone, however that ended."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def serve_with_workers(request: ServeRequest, stage: Stage, listener: socket.socket) -> int:
    """Serve with ``request.workers`` processes until a signal ends it; returns the exit code."""
    config = uvicorn_config(stage.app, served=f"{__name__}:application", workers=request.workers)
    listener.set_inheritable(True)
    # Each worker waits that long by itself before it stops.
    delay = float(setting(stage.app, "shutdown_delay_s", 0.0))
    workers = _Workers(config, [listener], stop_within=delay + stop_seconds(stage.app))
    companion = threading.Thread(target=_accompany, args=(request, stage, workers), daemon=True)
    companion.start()
    workers.run()
    if workers.ended_by is None:
        return _START_FAILED
    return _INTERRUPTED if workers.ended_by == signal.SIGINT else 0


def _accompany(request: ServeRequest, stage: Stage, workers: _Workers) -> None:
    """Say when the workers answer and the UI is ready, and keep systemd's watchdog quiet."""
    show_start(stage.app.title, stage.addresses, development=request.development)
    told = False
    answering = False
    last_sign = 0.0
    interval = watchdog_interval()
    while not workers.should_exit.wait(_POLL_SECONDS if not told else (interval or 1.0)):
        if interval is not None and time.monotonic() - last_sign >= interval:
            last_sign = time.monotonic()
            notify("WATCHDOG=1")
        if told:
            continue
        answer: Any = ask_readiness(stage.addresses.base, stage.addresses.status_path, timeout=1.0)
        if answer is not None and not answering:
            answering = notify("READY=1", "STATUS=Serving the API; the UI is starting") or True
        if answer is not None and answer.ready:
            told = True
            show_ready(time.monotonic() - stage.started_at, stage.addresses)
