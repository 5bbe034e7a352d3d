"""The API on a Unix socket of the private runtime folder: what `ApiClient` in a page talks to.

A second `uvicorn.Server` in the event loop of the first. It needs no port, no TLS and no public host name, and no other
user of the machine can reach it. Signals stay with the server that the user started.

Lifecycle: `start` returns when the socket accepts connections; `stop` closes it and ends its requests within
`SHUTDOWN_SECONDS`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from contextvars import ContextVar
from typing import TYPE_CHECKING

import uvicorn

from fluxlit.errors import StartupError

if TYPE_CHECKING:
    from collections.abc import Generator, MutableMapping
    from pathlib import Path
    from typing import Any

    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ("SHUTDOWN_SECONDS", "InternalApi")

# Page runs have ended before (the sidecars are stopped first); what is left is not waited for long.
SHUTDOWN_SECONDS = 1


_inside: ContextVar[bool] = ContextVar("fluxlit_internal_api", default=False)


class _OnlyTrouble(logging.Filter):
    """Drops what a second uvicorn would say of itself and of each request of a page; warnings and errors stay.

    Both servers of the process share uvicorn's loggers. What the internal one does runs in contexts that descend
    from its task's.
    """

    LOGGERS = ("uvicorn.error", "uvicorn.access")

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING or not _inside.get()


class _QuietServer(uvicorn.Server):
    """A uvicorn server inside another one: it leaves signal handlers alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class _QuietConfig(uvicorn.Config):
    """A configuration that leaves the loggers alone: they belong to the process, and so to the first server."""

    def configure_logging(self) -> None:
        pass


class _Mounted:
    """The API below its prefix, with the state that its lifespan yielded, as the gateway would show it."""

    def __init__(self, api: ASGIApp, *, prefix: str, state: MutableMapping[str, Any]) -> None:
        self._api = api
        self._prefix = prefix.rstrip("/")
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["root_path"] = self._prefix
        scope["state"] = dict(self._state)
        await self._api(scope, receive, send)


class InternalApi:
    """Serves an API application on a Unix socket, in the running event loop."""

    def __init__(self, api: ASGIApp, *, path: Path, prefix: str, state: MutableMapping[str, Any]) -> None:
        """Prepare the server; nothing is bound yet.

        Args:
            api: The application, as `app.api` holds it.
            path: The socket's path; its folder exists and is private (mode 0700).
            prefix: The API prefix, such as `/api`.
            state: The API's lifespan state; a copy is each request's `scope["state"]`.
        """
        self._path = path
        self._shared = False
        self._server = _QuietServer(
            _QuietConfig(
                _Mounted(api, prefix=prefix, state=state),
                lifespan="off",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            )
        )
        self._filter = _OnlyTrouble()
        self._socket: socket.socket | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self, listener: socket.socket | None = None) -> None:
        """Serve the socket.

        Args:
            listener: A bound and listening socket, shared with other workers; by default it is bound here.

        Raises:
            StartupError: The socket cannot be bound.
        """
        self._shared = listener is not None
        listener = self._socket = listener or self._bind()
        listener.setblocking(False)
        for name in _OnlyTrouble.LOGGERS:
            logging.getLogger(name).addFilter(self._filter)
        self._task = asyncio.create_task(self._serve(listener), name="fluxlit-internal-api")

    def _bind(self) -> socket.socket:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listener.bind(str(self._path))
        except OSError as error:
            listener.close()
            raise StartupError(f"cannot bind the internal API socket {str(self._path)!r}: {error}") from error
        # Listening from here on: a request that arrives before uvicorn accepts waits in the backlog.
        listener.listen(128)
        return listener

    async def _serve(self, listener: socket.socket) -> None:
        _inside.set(True)
        await self._server.serve(sockets=[listener])

    async def stop(self) -> None:
        """End the server and remove its socket; safe to call twice, or before `start`."""
        self._server.should_exit = True
        task, self._task = self._task, None
        if task is not None:
            await task
        for name in _OnlyTrouble.LOGGERS:
            logging.getLogger(name).removeFilter(self._filter)
        if self._socket is not None:
            self._socket.close()
            self._socket = None
            if not self._shared:
                self._path.unlink(missing_ok=True)
