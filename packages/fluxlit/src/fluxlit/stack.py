"""What one application consists of while it is served: gateway, internal API, sidecars.

Lifecycle: a `Stack` is made with the first request or the lifespan; `running` starts the parts in order (the API's own
lifespan, the private folder, the internal API, the sidecars) and stops them in reverse. The sidecars come up while the
API answers already. Without a lifespan the API is served, and the UI answers 503.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from typing import TYPE_CHECKING, Any, Protocol

from fluxlit.errors import StartupError
from fluxlit.internal_api import InternalApi
from fluxlit.nested_lifespan import running_lifespan
from fluxlit.plain_logging import log_where_nobody_listens
from fluxlit.ui_upstream import UiUpstream
from fluxlit.wiring import gateway_options, sidecar_options, streamlit_sidecar
from fluxlit_gateway import build_gateway
from fluxlit_sidecar import RuntimeFolder, SidecarPool

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from fastapi import FastAPI

    from fluxlit.settings import FluxlitSettings
    from fluxlit_pages import PlainScript

__all__ = ("LONG_SECONDS", "Stack", "StackOwner")

# For waits that somebody else ends.
LONG_SECONDS = 86_400.0

_LOGGER = logging.getLogger("fluxlit.runtime")


class StackOwner(Protocol):
    """What a stack needs of the application: `FluxLit` is one."""

    @property
    def api(self) -> FastAPI:
        """The API application."""
        ...

    @property
    def settings(self) -> FluxlitSettings:
        """The settings."""
        ...

    @property
    def script(self) -> PlainScript | None:
        """The Streamlit script to serve instead of pages."""
        ...

    def resolve_import_target(self) -> str:
        """`module:attribute` of the application."""
        ...


class Stack:
    """Gateway, internal API and sidecars of one application in this process.

    Attributes:
        gateway: The ASGI application that answers everything but the lifespan.
    """

    def __init__(self, owner: StackOwner) -> None:
        """Build the gateway; nothing is started."""
        self._owner = owner
        self._upstream = UiUpstream()
        self._pool: SidecarPool | None = None
        self._started = asyncio.Event()
        key = secrets.token_urlsafe(32)
        self.gateway = build_gateway(
            api=owner.api, upstream=self._upstream, options=gateway_options(owner.settings, affinity_key=key)
        )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[Mapping[str, Any]]:
        """Run everything while the block runs; what the API's lifespan yielded comes out.

        Raises:
            StartupError: A part cannot start.
            TargetNotFoundError: The sidecars cannot be told what to import.
        """
        settings = self._owner.settings
        said_by_us = log_where_nobody_listens()
        script = self._owner.script
        target = "" if script else self._owner.resolve_import_target()
        async with contextlib.AsyncExitStack() as stack:
            # The gateway passes it on to the API, and closes its own connections at the end.
            state = await stack.enter_async_context(running_lifespan(self.gateway))
            folder = stack.enter_context(RuntimeFolder.create())
            internal = InternalApi(
                self._owner.api, path=folder.socket_path("api"), prefix=settings.api_mount_path, state=state
            )
            await internal.start()
            stack.push_async_callback(internal.stop)
            spec = streamlit_sidecar(settings, target=target, api_base=internal.base_url, script=script)
            pool = SidecarPool(spec, sidecar_options(settings), folder=folder)
            stack.push_async_callback(self._stop_pool, pool)
            await pool.start()
            self._pool = self._upstream.pool = pool
            self._started.set()
            if said_by_us:
                await stack.enter_async_context(_announcing_readiness(pool))
            yield state

    async def _stop_pool(self, pool: SidecarPool) -> None:
        self._started.clear()
        await pool.stop()
        self._pool = self._upstream.pool = None

    async def wait_until_ready(self, seconds: float | None) -> None:
        """Wait until a sidecar serves.

        Raises:
            TimeoutError: None did in that time.
        """
        async with asyncio.timeout(seconds):
            await self._started.wait()
            await self._running_pool().wait_until_ready(LONG_SECONDS if seconds is None else seconds)

    async def replace_sidecars(self) -> None:
        """Replace each sidecar by a fresh one.

        Raises:
            StartupError: Nothing runs.
        """
        await self._running_pool().replace()

    def status(self) -> Mapping[str, object]:
        """State of the UI and of each sidecar."""
        return {"state": self._upstream.state, **self._upstream.describe()}

    def _running_pool(self) -> SidecarPool:
        if self._pool is None:
            raise StartupError("the application is not being served: its lifespan has not started")
        return self._pool


@contextlib.asynccontextmanager
async def _announcing_readiness(pool: SidecarPool) -> AsyncGenerator[None]:
    """Log one line when the UI is ready; for servers without a start screen."""
    begin = time.monotonic()

    async def announce() -> None:
        try:
            await pool.wait_until_ready(LONG_SECONDS)
        except Exception as error:  # noqa: BLE001 - the sidecar's own failure; it is logged, and the API goes on
            _LOGGER.error("the UI cannot start: %s", error)  # noqa: TRY400 - the message is whole; a traceback would be ours
        else:
            _LOGGER.info("UI ready in %.1f s", time.monotonic() - begin)

    task = asyncio.create_task(announce(), name="fluxlit-announce")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
