"""The part of the native runtime that imports Streamlit."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from fluxlit_sidecar.streamlit_server.application import warmed_app
from fluxlit_sidecar.streamlit_server.collection import CollectionSchedule, freeze_imports
from fluxlit_sidecar.streamlit_server.configuration import load_configuration
from fluxlit_sidecar.streamlit_server.session_meter import SessionMeter

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping

    from streamlit.starlette import App

    from fluxlit_sidecar.streamlit_server.settings import StreamlitServerSettings

__all__ = ("NativeApplication", "prepare_native")


class NativeApplication:
    """A warmed Streamlit app whose runtime lives in a lifespan of the host."""

    def __init__(self, app: App, settings: StreamlitServerSettings) -> None:
        self._app = app
        self._schedule = CollectionSchedule(
            every_runs=settings.collect_every_runs, when_idle=settings.collect_when_idle
        )
        self._metered = SessionMeter(app, on_change=self._count, on_message=self._schedule.note_run)
        self.active_sessions = 0

    def _count(self, active: int, _served: int) -> None:
        self.active_sessions = active
        self._schedule.note_run()

    @contextlib.asynccontextmanager
    async def lifespan(self) -> AsyncGenerator[None]:
        """Streamlit's runtime, from start to stop."""
        async with self._app.lifespan()(self._app):
            try:
                yield
            finally:
                self._schedule.close()

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        """Serve one request or socket."""
        await self._metered(scope, receive, send)


def prepare_native(settings: StreamlitServerSettings, *, secret: str) -> NativeApplication:
    """Configure Streamlit, import what pages need and freeze it; sys.argv stays that of the host."""
    load_configuration(settings, cookie_secret=secret, marked_logs=False)
    app = warmed_app(settings)
    if settings.mode == "run":
        freeze_imports()
    return NativeApplication(app, settings)
