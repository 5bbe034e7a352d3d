"""The first sidecar starts with the command, and imports what it needs while this process imports the application."""

import contextlib
import os
from collections.abc import Generator

from fluxlit_cli.application import Application
from fluxlit_cli.project import read_project_file
from fluxlit_cli.project.file import ProjectFileError
from fluxlit_cli.serving.plan import ServeRequest
from fluxlit_cli.serving.reload_channel import is_reload_child, listener_of_parent

__all__ = ("NEEDED_BY_PAGES", "dismiss_unless_needed", "first_sidecar_ahead")

NEEDED_BY_PAGES = ("fluxlit.app", "fluxlit.sidecar_setup", "fluxlit_pages.streamlit.entry_run")
"""What every sidecar imports before the application's own code; where it is not installed it is left out."""


@contextlib.contextmanager
def first_sidecar_ahead(request: ServeRequest) -> Generator[None]:
    """Have a process import Streamlit while the block runs, where that is going to be the first sidecar."""
    # Workers import the application themselves, and one of them starts the sidecars; after a reload they are there.
    if request.workers > 1 or listener_of_parent() is not None or _has_no_sidecars():
        yield
        return
    from fluxlit_sidecar.sidecar_ahead import sidecar_ahead  # noqa: PLC0415 -- only where it is needed

    mode = "dev" if request.development else "run"
    with sidecar_ahead(mode=mode, imports=NEEDED_BY_PAGES, shared=is_reload_child()):
        yield


def dismiss_unless_needed(app: Application) -> None:
    """End that process when the application, now that it is loaded, wants no sidecars after all."""
    if getattr(app.settings, "runtime", "sidecar") == "native":
        from fluxlit_sidecar.sidecar_ahead import dismiss_sidecar_ahead  # noqa: PLC0415 -- as above

        dismiss_sidecar_ahead()


def _has_no_sidecars() -> bool:
    """Whether the pages run in this process; an application can still say so when it is loaded."""
    chosen = os.environ.get("FLUXLIT_RUNTIME")
    if chosen is None:
        with contextlib.suppress(ProjectFileError):
            project = read_project_file()
            chosen = str(project.values.get("runtime")) if project else None
    return chosen == "native"
