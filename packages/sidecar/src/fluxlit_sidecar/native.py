"""The runtime without sidecars: the same warmed, lean Streamlit inside the calling process.

Lifecycle: `start` configures Streamlit, imports what pages need in a thread and starts Streamlit's runtime; after that
the object is an ASGI application; `stop` ends the runtime. Streamlit has one runtime for each process and no second one
after it, so this is for one application in one process.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any, Literal

from fluxlit_sidecar.errors import SidecarOptionError
from fluxlit_sidecar.native_loggers import server_loggers_kept
from fluxlit_sidecar.streamlit_server.settings import StreamlitServerSettings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from contextlib import AbstractAsyncContextManager

    from fluxlit_sidecar.child_spec import ChildSpec
    from fluxlit_sidecar.streamlit_server.native_application import NativeApplication

__all__ = ("NativeStreamlit",)


class NativeStreamlit:
    """Streamlit as an ASGI application of this process.

    Args:
        spec: The description from `streamlit_child`; its variables become those of this process.
        sidecars: The number that the user asked for; anything but 1 is refused.
        secret: Signs Streamlit's cookies when the user has set no ``server.cookieSecret``.

    Raises:
        SidecarOptionError: More than one sidecar was asked for, or `spec` is no Streamlit child.
    """

    def __init__(self, spec: ChildSpec, *, sidecars: int | Literal["auto"] = 1, secret: str = "") -> None:
        if sidecars != 1:
            raise SidecarOptionError(
                f"sidecars={sidecars!r} does not go with runtime='native': the native runtime serves pages inside the "
                "gateway's own process, of which there is one; set sidecars=1 or runtime='sidecar'"
            )
        self._settings = StreamlitServerSettings.of_child(spec.env)
        self._env = {name: value for name, value in spec.env.items() if name not in self._settings.to_env()}
        self._before: dict[str, str | None] = {}
        self._secret = secret
        self._application: NativeApplication | None = None
        self._lifespan: AbstractAsyncContextManager[None] | None = None

    async def start(self) -> None:
        """Warm up and start; what the setup hook raises passes through."""
        self._before = {name: os.environ.get(name) for name in self._env}
        os.environ.update(self._env)
        self._application = await asyncio.to_thread(self._prepare)
        self._lifespan = self._application.lifespan()
        await self._lifespan.__aenter__()

    def _prepare(self) -> NativeApplication:
        # Imports Streamlit, which whoever runs sidecars does not pay for in the gateway.
        with server_loggers_kept():
            from fluxlit_sidecar.streamlit_server.native_application import prepare_native  # noqa: PLC0415 - see above

            return prepare_native(self._settings, secret=self._secret)

    async def stop(self) -> None:
        """End the runtime and put this process's variables back. Safe to call twice."""
        if self._lifespan is not None:
            lifespan, self._lifespan = self._lifespan, None
            await lifespan.__aexit__(None, None, None)
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._before = {}

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        """Serve one request or socket."""
        if self._application is None:
            raise SidecarOptionError("the native runtime is not started; call start() first")
        await self._application(scope, receive, send)

    @property
    def active_sessions(self) -> int:
        """Open sessions."""
        return self._application.active_sessions if self._application else 0
