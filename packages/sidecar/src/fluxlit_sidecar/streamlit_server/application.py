"""A warmed, lean ``streamlit.starlette.App`` and the server around it."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from typing import TYPE_CHECKING

from streamlit.starlette import App

from fluxlit_sidecar.child.names import HOP_SECRET_HEADER
from fluxlit_sidecar.child.secret_gate import SecretGate
from fluxlit_sidecar.streamlit_server.collection import CollectionSchedule, freeze_imports, set_imports_aside
from fluxlit_sidecar.streamlit_server.component_scan import search_components_quickly
from fluxlit_sidecar.streamlit_server.configuration import load_configuration
from fluxlit_sidecar.streamlit_server.log_records import quieten_uvicorn
from fluxlit_sidecar.streamlit_server.rehearsal import rehearse
from fluxlit_sidecar.streamlit_server.request_layers import with_request_layers
from fluxlit_sidecar.streamlit_server.run_costs import lower_run_costs
from fluxlit_sidecar.streamlit_server.server import SidecarServer, server_config
from fluxlit_sidecar.streamlit_server.session_meter import SessionMeter
from fluxlit_sidecar.streamlit_server.warm_up import (
    call_setup,
    import_modules,
    run_page_once,
    what_pages_need_first,
)

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable

    from fluxlit_sidecar.child.parent_link import ParentLink
    from fluxlit_sidecar.streamlit_server.settings import StreamlitServerSettings

__all__ = ("StreamlitApplication", "bare_app", "prepare", "warm_streamlit", "warmed_app")

# Page code may have left threads that never end; they must not keep the process.
_EXIT_WITHIN = 1.0


class StreamlitApplication:
    """A Streamlit app that is ready to be served."""

    def __init__(
        self, app: App, *, settings: StreamlitServerSettings, hop_secret: str = "", warm_later: bool = False
    ) -> None:
        self._app = SecretGate(app, secret=hop_secret) if hop_secret else app
        self._hop = {HOP_SECRET_HEADER: hop_secret} if hop_secret else {}
        self._warm_later = warm_later
        self._settings = settings

    def serve(self, listener: socket.socket, link: ParentLink) -> None:
        """Serve on `listener` until the supervisor asks for the end or is gone."""
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(self._serve(listener, link))
        timer = threading.Timer(_EXIT_WITHIN, os._exit, args=(0,))
        timer.daemon = True
        timer.start()

    async def _serve(self, listener: socket.socket, link: ParentLink) -> None:
        ready = asyncio.Event()
        schedule = CollectionSchedule(
            every_runs=self._settings.collect_every_runs, when_idle=self._settings.collect_when_idle
        )

        def sessions_changed(active: int, served: int) -> None:
            link.report_sessions(active=active, served=served)
            schedule.note_run()

        metered = SessionMeter(with_request_layers(self._app), on_change=sessions_changed, on_message=schedule.note_run)
        server = SidecarServer(server_config(metered), on_listening=ready.set)
        link.on_parent_gone = server.end
        address = _address_of(listener)
        warming = asyncio.create_task(self._become_warm(ready, address=address, link=link, schedule=schedule))
        await server.serve(sockets=[listener])
        warming.cancel()
        schedule.close()

    async def _become_warm(
        self, ready: asyncio.Event, *, address: str, link: ParentLink, schedule: CollectionSchedule
    ) -> None:
        await ready.wait()
        if self._warm_later:
            link.report_ready()
            await self._warm_while_serving(schedule)
            return
        for page in self._settings.warm_pages:
            await run_page_once(address, page, base_url_path=self._settings.base_url_path, headers=self._hop)
        if self._settings.warm_pages and self._settings.mode == "run":
            freeze_imports()
        link.report_ready()

    async def _warm_while_serving(self, schedule: CollectionSchedule) -> None:
        urgent, rest = what_pages_need_first(self._settings.warm_imports)
        # Browsers are reconnecting; their pages will want these, and wait for an import that has begun already.
        await asyncio.to_thread(import_modules, urgent)
        schedule.note_run()
        # What only some pages need must not take the processor from those that run now.
        await schedule.idle.wait()
        await asyncio.to_thread(import_modules, rest)
        if self._settings.mode == "run":
            freeze_imports()


def _address_of(listener: socket.socket) -> str:
    name: str | tuple[str, int] = listener.getsockname()
    return f"unix:{name}" if isinstance(name, str) else f"http://{name[0]}:{name[1]}"


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    # As `streamlit run`: uvloop where it is installed, which it is not on Windows.
    try:
        import uvloop  # noqa: PLC0415 - may be missing
    except ModuleNotFoundError:
        return None
    return uvloop.new_event_loop


def prepare(
    settings: StreamlitServerSettings,
    *,
    secret: str,
    hop_secret: str = "",
    urgent: bool = False,
    imported: bool = False,
) -> StreamlitApplication:
    """Configure Streamlit, import what pages need and freeze it.

    Args:
        settings: What the supervisor said.
        secret: See `load_configuration`.
        hop_secret: What every request has to carry; empty on a Unix socket, which nobody else can reach.
        urgent: Whether browsers are waiting already. Then only the app is imported before the sidecar is ready, and the
            rest while it serves: a page that needs it waits no longer than it would have waited for the sidecar.
        imported: Whether `warm_streamlit` has been called: this was a spare.

    Raises:
        Exception: Whatever the setup hook or the import of the app raises.
    """
    load_configuration(settings, cookie_secret=secret)
    quieten_uvicorn()
    # As under `streamlit run`: page code sees its own arguments.
    sys.argv = [str(settings.script), *settings.arguments]
    if urgent:
        return StreamlitApplication(bare_app(settings), settings=settings, hop_secret=hop_secret, warm_later=True)
    if not imported:
        warm_streamlit(settings)
        if settings.mode == "run":
            set_imports_aside()
    app = bare_app(settings)
    if settings.mode == "run":
        freeze_imports()
    return StreamlitApplication(app, settings=settings, hop_secret=hop_secret)


def warmed_app(settings: StreamlitServerSettings) -> App:
    """Import what pages need, call the setup hook and make the app. Streamlit is configured already."""
    warm_streamlit(settings)
    return bare_app(settings)


def warm_streamlit(settings: StreamlitServerSettings, *, further: Iterable[str] = ()) -> None:
    """Import what pages need, and `further` modules; nothing of the application."""
    import_modules((*settings.warm_imports, *further))
    if settings.rehearse and settings.mode == "run":
        rehearse()


def bare_app(settings: StreamlitServerSettings) -> App:
    """Call the setup hook and make the app."""
    # As under `streamlit run`: the script's folder comes first.
    sys.path.insert(0, str(settings.script.parent))
    call_setup(settings.setup)
    if settings.lean_runs and settings.mode == "run":
        lower_run_costs()
    if settings.lean_runs:
        search_components_quickly()
    return App(settings.script)
