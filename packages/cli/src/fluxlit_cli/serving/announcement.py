"""Says what is served and when the UI is ready: to the person at the terminal, and to systemd."""

import asyncio
import time
import webbrowser
from dataclasses import dataclass

from fluxlit_cli.application import Application
from fluxlit_cli.console import complain, say
from fluxlit_cli.serving.plan import ServeRequest
from fluxlit_cli.serving.reload_channel import listener_of_parent
from fluxlit_cli.serving.start_screen import Addresses, show_ready, show_start, show_workbench
from fluxlit_cli.serving.systemd import notify, reloading

__all__ = ("Stage", "announce", "replace_ui")

_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Stage:
    """What is known once the application is loaded and the socket bound."""

    app: Application
    addresses: Addresses
    started_at: float
    """``time.monotonic()`` when the command began."""


async def announce(request: ServeRequest, stage: Stage) -> None:
    """Say that requests are answered, and wait for the UI to say that it is ready."""
    if listener_of_parent() is None:
        show_start(stage.app.title, stage.addresses, development=request.development)
    if request.workbench:
        show_workbench(stage.app, stage.addresses)
    notify("READY=1", "STATUS=Serving the API; the UI is starting")
    if await _until_ready(stage):
        show_ready(time.monotonic() - stage.started_at, stage.addresses)
        notify("STATUS=Serving the API and the UI")
        if request.open_browser:
            # The browser may block until it is closed.
            await asyncio.to_thread(webbrowser.open, stage.addresses.pages)


async def _until_ready(stage: Stage) -> bool:
    while True:
        try:
            await stage.app.wait_until_ready(_PATIENCE_SECONDS)
        except TimeoutError:
            complain(f"The UI is not ready after {_PATIENCE_SECONDS:.0f} s; 'fluxlit status' says what is going on.")
        except Exception as error:  # noqa: BLE001 -- the application's own failure; the API goes on being served
            complain(f"The UI cannot be started: {error}")
            notify("STATUS=Serving the API; the UI cannot be started")
            return False
        else:
            return True


async def replace_ui(app: Application) -> None:
    """Replace the UI's processes, and say how that went; the server goes on whatever happens."""
    reloading()
    say("Replacing the UI's processes.")
    try:
        await app.reload_ui()
    except Exception as error:  # noqa: BLE001 -- a failed reload must not end the server
        complain(f"The UI was not replaced: {error}")
    else:
        say("The UI's processes were replaced.")
    notify("READY=1")
