"""A Streamlit sidecar in waiting: all that it imports before the application's own code is imported ahead.

The work is done by a thread of the lowest priority, so that it takes nothing from those that serve. The process itself
keeps its priority: one that has lowered it may not raise it again (setpriority(2)), and a spare that is needed is in a
hurry.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_sidecar.streamlit_server.settings import StreamlitServerSettings

__all__ = ("at_low_priority", "import_ahead", "import_what_starts_threads")

_LOWEST = 19
# They start the threads that they compute with when they are imported, and a thread inherits its starter's priority.
_START_THREADS = ("numpy",)
# What the server imports when it begins to serve; each only where it is installed.
_SERVER = (
    "uvloop",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
    "fluxlit_sidecar.streamlit_server.script_runs",
)


def import_what_starts_threads(settings: StreamlitServerSettings) -> None:
    """At the priority that those threads are to keep: import the modules that start threads of their own."""
    for name in _START_THREADS:
        if name in settings.warm_imports:
            with contextlib.suppress(ModuleNotFoundError):
                importlib.import_module(name)


def at_low_priority(work: Callable[[], None]) -> None:
    """Do `work` in a thread of low priority, where the system has such a thing, and wait for it.

    Raises:
        Exception: What `work` has raised.
    """
    problems: list[BaseException] = []

    def run() -> None:
        if sys.platform == "linux":
            # Here a thread has a priority of its own, and `nice` a meaning for each (see setpriority(2), BUGS).
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST)
        try:
            work()
        except BaseException as problem:  # noqa: BLE001 - it is raised again where it belongs
            problems.append(problem)

    # A daemon: a spare that is told to end does not wait for its imports.
    thread = threading.Thread(target=run, name="fluxlit-spare", daemon=True)
    thread.start()
    thread.join()
    for problem in problems:
        raise problem


def import_ahead(settings: StreamlitServerSettings) -> None:
    """Import everything that is not the application's, run a page of our own, and set all that aside."""
    from fluxlit_sidecar.streamlit_server.application import warm_streamlit  # noqa: PLC0415 - Streamlit
    from fluxlit_sidecar.streamlit_server.collection import set_imports_aside  # noqa: PLC0415 - as above
    from fluxlit_sidecar.streamlit_server.configuration import load_configuration  # noqa: PLC0415 - as above

    # Read again when the spare is needed, for it may have changed by then.
    load_configuration(settings, cookie_secret="")
    warm_streamlit(settings, further=(*_SERVER, *settings.spare_imports))
    if settings.mode == "run":
        set_imports_aside()
