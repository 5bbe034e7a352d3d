"""What one application consists of while it is served: gateway, internal API, pages.

Lifecycle: a `Stack` is made with the first request or the lifespan; `running` starts the parts in order (the private
folder, the pages' runtime, the gateway with the API's own lifespan, the internal API) and stops them in reverse.
Sidecars come up while the API answers already. Without a lifespan the API is served, and the UI answers 503.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from fluxlit.documentation_routes import serve_documentation_last
from fluxlit.errors import StartupError
from fluxlit.gateway_layers import GatewayLayers
from fluxlit.internal_address import internal_address
from fluxlit.nested_lifespan import running_lifespan
from fluxlit.observability.observation import Observation, ObservedApplication
from fluxlit.pages_api import pages_api
from fluxlit.plain_logging import log_where_nobody_listens
from fluxlit.protected_gateway import ProtectedGateway
from fluxlit.protection import ProtectedApplication
from fluxlit.session_stores import require_one_state, require_usable
from fluxlit.shutdown_delay import delayed_shutdown
from fluxlit.ui_runtime import ui_runtime
from fluxlit.wiring import development_mode, gateway_options, private_transport, streamlit_sidecar, trusted_proxies
from fluxlit_auth.guard.internal_identity import InternalIdentity
from fluxlit_gateway import StaticUpstream, build_gateway, normalize_api_mount_path, normalize_root_mount
from fluxlit_sidecar import open_runtime_folder

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path

    from fastapi import FastAPI
    from starlette.types import ASGIApp

    from fluxlit.ui_runtime import UiRuntime
    from fluxlit_gateway import Gateway, Upstream
    from fluxlit_pages import PlainScript
    from fluxlit_sessions import AtomicSessionStore

__all__ = ("LONG_SECONDS", "Stack", "StackOwner")

# For waits that somebody else ends.
LONG_SECONDS = 86_400.0

_LOGGER = logging.getLogger("fluxlit.runtime")


class StackOwner(ObservedApplication, ProtectedApplication, Protocol):
    """What a stack needs of the application: `FluxLit` is one."""

    @property
    def api(self) -> FastAPI:
        """The API application."""
        ...

    @property
    def script(self) -> PlainScript | None:
        """The Streamlit script to serve instead of pages."""
        ...

    def close_session_store(self) -> None:
        """Close what this process has opened of it."""
        ...

    def resolve_import_target(self) -> str:
        """`module:attribute` of the application."""
        ...


class _NotStarted:
    """The pages of an application whose lifespan has not run."""

    state = "stopped"

    def targets(self) -> tuple[()]:
        return ()

    def describe(self) -> Mapping[str, object]:
        return {"sidecars": [], "reason": "the application's lifespan has not started"}


class Stack:
    """Gateway, internal API and pages of one application in this process.

    Attributes:
        gateway: The ASGI application that answers everything but the lifespan.
        proxies: Takes the word of trusted proxies before the gateway sees a request; `None` believes nobody.
    """

    def __init__(self, owner: StackOwner) -> None:
        """Build a gateway for the API alone; nothing is started."""
        self._owner = owner
        self._ui: UiRuntime | None = None
        self._started = asyncio.Event()
        self.proxies = trusted_proxies(owner.settings)
        serve_documentation_last(owner.api)
        self.observation = Observation(owner)
        self.gateway, _layers = self._gateway(_NotStarted(), affinity_key=secrets.token_urlsafe(32))

    def gateway_for(self, upstream: str, *, api_prefix: str, root_mount: str) -> ASGIApp:
        """A gateway like the one that is served, in front of another upstream and mounted elsewhere: for tests.

        Its lifespan is the API's, with what protects the application beside it.
        """
        gateway, layers = self._gateway(
            StaticUpstream(upstream),
            affinity_key=secrets.token_urlsafe(32),
            api_prefix=normalize_api_mount_path(api_prefix),
            root_mount=normalize_root_mount(root_mount),
        )
        return ProtectedGateway(gateway, partial(layers.running, gateway.close_sockets))

    def _gateway(
        self, upstream: Upstream, *, affinity_key: str, folder: Path | None = None, **options_of_a_test: str
    ) -> tuple[Gateway, GatewayLayers]:
        options = gateway_options(self._owner.settings, affinity_key=affinity_key)
        options = options.model_copy(update={**self.observation.gateway_options(folder), **options_of_a_test})
        layers = GatewayLayers(self._owner, options)
        return build_gateway(api=self.observation.api, upstream=upstream, options=options, layers=layers.layers), layers

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[Mapping[str, Any]]:
        """Run everything while the block runs; what the API's lifespan yielded comes out.

        Raises:
            StartupError: A part cannot start.
            TargetNotFoundError: The sidecars cannot be told what to import.
        """
        owner = self._owner
        prefix = owner.settings.api_mount_path
        said_by_us = log_where_nobody_listens(owner.settings)
        target = "" if owner.script else owner.resolve_import_target()
        async with contextlib.AsyncExitStack() as stack:
            # Last of all: logins and open pages use it to the end.
            stack.callback(owner.close_session_store)
            require_usable(owner)
            require_one_state(owner, shares_processes=owner.settings.runtime != "native")
            folder = stack.enter_context(open_runtime_folder(target or str(owner.script)))
            in_process = owner.settings.runtime == "native"
            address = internal_address(folder, prefix=prefix, transport=private_transport(), in_process=in_process)
            stack.callback(address.close)
            told = {**self.observation.child_environment(folder.path), **address.environment}
            spec = streamlit_sidecar(
                owner.settings, target=target, api_base=address.base_url, script=owner.script, environment=told
            )
            ui = ui_runtime(owner.settings, folder=folder, spec=spec)
            key = folder.secret("affinity")
            self.gateway, layers = self._gateway(ui.upstream, affinity_key=key, folder=folder.path)
            await stack.enter_async_context(self.observation.running(self.gateway))
            # The gateway passes it on to the API, and closes its own connections at the end.
            state = await stack.enter_async_context(running_lifespan(self.gateway))
            await stack.enter_async_context(layers.running(self.gateway.close_sockets))
            guarded_api = InternalIdentity(self.observation.api, owner.guard_plan)
            internal = pages_api(owner.settings.runtime, guarded_api, address=address, prefix=prefix, state=state)
            stack.push_async_callback(internal.stop)
            stack.push_async_callback(self._stop_ui, ui)
            await ui.start()
            await internal.start(address.listener or await ui.api_listener())
            self._ui = ui
            self._started.set()
            if said_by_us:
                await stack.enter_async_context(_announcing_readiness(ui))
            delay = 0.0 if development_mode() else owner.settings.shutdown_delay_s
            stack.enter_context(delayed_shutdown(delay, self.gateway.withdraw))
            yield state

    @property
    def session_store(self) -> AtomicSessionStore:
        """The store that sessions and logins share, each under a prefix of its own."""
        return self._owner.sessions.store

    async def _stop_ui(self, ui: UiRuntime) -> None:
        self._started.clear()
        await ui.stop()
        self._ui = None

    async def wait_until_ready(self, seconds: float | None) -> None:
        """Wait until pages can be served.

        Raises:
            TimeoutError: They could not in that time.
            fluxlit_sidecar.SidecarStartError: The sidecars fail to start.
        """
        async with asyncio.timeout(seconds):
            await self._started.wait()
            await self._running_ui().wait_until_ready(LONG_SECONDS if seconds is None else seconds)

    async def replace_sidecars(self) -> None:
        """Replace each sidecar by a fresh one.

        Raises:
            StartupError: Nothing runs.
        """
        await self._running_ui().replace()

    def status(self) -> Mapping[str, object]:
        """State of the UI and of each sidecar."""
        return {"state": "stopped", **_NotStarted().describe()} if self._ui is None else self._ui.describe()

    def _running_ui(self) -> UiRuntime:
        if self._ui is None:
            raise StartupError("the application is not being served: its lifespan has not started")
        return self._ui


@contextlib.asynccontextmanager
async def _announcing_readiness(ui: UiRuntime) -> AsyncGenerator[None]:
    """Log one line when the UI is ready; for servers without a start screen."""
    begin = time.monotonic()

    async def announce() -> None:
        try:
            await ui.wait_until_ready(LONG_SECONDS)
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
