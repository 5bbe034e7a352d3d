"""The API for the pages of the native runtime, at the base URL that they would find it at in a sidecar.

Lifecycle: `start` puts it in the place of the socket that the base URL names, for every client of this process; `stop`
takes it away and ends what still runs.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from fluxlit.internal_api import SHUTDOWN_SECONDS
from fluxlit.native_api.exchange import Exchange
from fluxlit.native_api.serving_loop import ServingLoop
from fluxlit.native_api.transports import AsyncTransport, BlockingTransport
from fluxlit_client.connections.mounts import Mount, mounted

if TYPE_CHECKING:
    import socket
    from collections.abc import MutableMapping

    from starlette.types import ASGIApp, Scope

    from fluxlit.native_api.transports import BodySource
    from fluxlit_client.http_library import httpx

__all__ = ("NativeApi",)


class NativeApi:
    """Serves an API application to the clients of this process, in the running event loop.

    Args:
        api: The application, as `app.api` holds it.
        base_url: What clients in pages are given, see `fluxlit_client.unix_base_url`.
        prefix: The API prefix, such as `/api`.
        state: The API's lifespan state; a copy is each request's `scope["state"]`.
    """

    def __init__(self, api: ASGIApp, *, base_url: str, prefix: str, state: MutableMapping[str, Any]) -> None:
        self._api = api
        self._base_url = base_url
        self._prefix = prefix.rstrip("/")
        self._state = state
        self._running = contextlib.ExitStack()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, listener: socket.socket | None = None) -> None:  # noqa: ARG002 - as InternalApi, whose place it takes
        """Answer clients from now on."""
        loop = ServingLoop()
        mount = Mount(BlockingTransport(loop, self._exchange), AsyncTransport(loop, self._exchange))
        self._running.callback(loop.close)
        self._running.enter_context(mounted(self._base_url, mount))

    @property
    def busy(self) -> bool:
        """Whether requests are being answered."""
        return bool(self._tasks)

    def _exchange(self, request: httpx.Request, body: BodySource) -> Exchange:
        return Exchange(self._api, self._scope(request), next_body=body, tasks=self._tasks)

    def _scope(self, request: httpx.Request) -> Scope:
        path, _, query = request.url.raw_path.partition(b"?")
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": unquote(path.decode("ascii")),
            "raw_path": path,
            "query_string": query,
            "root_path": self._prefix,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": None,
            "server": ("localhost", None),
            "state": dict(self._state),
        }

    async def stop(self) -> None:
        """Answer no more and end what runs within `SHUTDOWN_SECONDS`; safe to call twice, or before `start`."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=SHUTDOWN_SECONDS)
        self._running.close()
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
