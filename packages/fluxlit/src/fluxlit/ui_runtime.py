"""Where the pages run: in sidecars, or inside this process (`runtime = "native"`). Both have one face.

Lifecycle: made with the private folder; `start` returns at once (native: when Streamlit is warm); `stop` ends it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from fluxlit.errors import ConfigurationError
from fluxlit.internal_address import API_SOCKET
from fluxlit.wiring import keeps_sidecars_on_reload, sidecar_options
from fluxlit_gateway import AppUpstream
from fluxlit_sidecar import NativeStreamlit, pool_for

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from starlette.types import Receive, Scope, Send

    from fluxlit.settings import FluxlitSettings
    from fluxlit_gateway import Upstream
    from fluxlit_sidecar import ChildSpec, RuntimeFolder

__all__ = ("NativeUi", "SidecarUi", "UiRuntime", "ui_runtime")


class UiRuntime(Protocol):
    """What the stack needs of whatever runs the pages."""

    @property
    def upstream(self) -> Upstream:
        """Who serves the pages, for the gateway."""
        ...

    async def start(self) -> None:
        """Start."""
        ...

    async def stop(self) -> None:
        """Stop; safe to call twice."""
        ...

    async def api_listener(self) -> socket.socket | None:
        """The socket on which to serve the internal API, or `None` where it has to be bound first."""
        ...

    async def wait_until_ready(self, seconds: float) -> None:
        """Wait until pages can be served."""
        ...

    async def replace(self) -> None:
        """Serve pages with new code."""
        ...

    def describe(self) -> Mapping[str, object]:
        """State, for people and programs."""
        ...


def ui_runtime(settings: FluxlitSettings, *, folder: RuntimeFolder, spec: ChildSpec) -> UiRuntime:
    """The runtime that the settings ask for.

    Raises:
        SidecarOptionError: `runtime="native"` together with several sidecars.
    """
    if settings.runtime == "native":
        return NativeUi(settings, folder=folder, spec=spec)
    return SidecarUi(settings, folder=folder, spec=spec)


class SidecarUi:
    """Pages in supervised processes; workers of one server share them."""

    def __init__(self, settings: FluxlitSettings, *, folder: RuntimeFolder, spec: ChildSpec) -> None:
        self._pool = pool_for(
            folder,
            spec=spec,
            options=sidecar_options(settings),
            listeners=(API_SOCKET,),
            # A reload in development starts the API anew; the pages' own watcher sees to the pages.
            replace_on_restart=not keeps_sidecars_on_reload(),
        )

    @property
    def upstream(self) -> Upstream:
        """The pool."""
        return self._pool

    async def start(self) -> None:
        """Begin to start the sidecars, or find those of the other workers."""
        await self._pool.start()

    async def stop(self) -> None:
        """End the sidecars, or leave them to the other workers."""
        await self._pool.stop()

    async def api_listener(self) -> socket.socket | None:
        """The socket of the private folder, shared by the workers."""
        return await self._pool.listener(API_SOCKET)

    async def wait_until_ready(self, seconds: float) -> None:
        """Wait until a sidecar serves."""
        await self._pool.wait_until_ready(seconds)

    async def replace(self) -> None:
        """Replace each sidecar by a fresh one; the old ones finish their sessions."""
        await self._pool.replace()

    def describe(self) -> Mapping[str, object]:
        """State and each sidecar."""
        return {"state": str(self._pool.state), **self._pool.describe()}


class NativeUi:
    """Pages inside this process: no hop, no supervision, for small deployments and tests."""

    def __init__(self, settings: FluxlitSettings, *, folder: RuntimeFolder, spec: ChildSpec) -> None:
        self._streamlit = NativeStreamlit(spec, sidecars=settings.sidecars, secret=folder.secret("sidecar"))
        self._upstream = AppUpstream(self._serve)

    @property
    def upstream(self) -> Upstream:
        """Streamlit itself."""
        return self._upstream

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            # Started and stopped by the stack, which knows the order; servers take this for "no lifespan here".
            raise ConfigurationError("the UI's lifespan is the stack's business")
        await self._streamlit(scope, receive, send)

    async def start(self) -> None:
        """Warm Streamlit up."""
        await self._streamlit.start()

    async def stop(self) -> None:
        """End Streamlit's runtime."""
        await self._streamlit.stop()

    async def api_listener(self) -> socket.socket | None:
        """None: this process is alone."""
        return None

    async def wait_until_ready(self, seconds: float) -> None:
        """Return at once: it was ready when it was started."""

    async def replace(self) -> None:
        """Refuse: code cannot be exchanged within a process.

        Raises:
            ConfigurationError: Always; it says what to do.
        """
        raise ConfigurationError("runtime='native' has no sidecars to replace; restart the server for new code")

    def describe(self) -> Mapping[str, object]:
        """State."""
        return {"state": "ready", **self._upstream.describe()}
