"""What a sidecar does before it takes traffic: the pages' own preparation, then everything that goes with it.

`fluxlit_sidecar` calls one of these by its name, in the child, before the sidecar reports that it is ready. Each part
of FluxLit that has something to set up in the child adds one line to `_accompany`.
"""

from __future__ import annotations

from fluxlit.observability.sidecar import observe_sidecar
from fluxlit_pages import sidecar_setup as pages

__all__ = ("prepare", "prepare_script")


def prepare() -> None:
    """Prepare a sidecar that runs the pages of an application.

    Raises:
        fluxlit_pages.errors.TargetError: The application cannot be loaded; the sidecar's start fails with this message.
    """
    pages.prepare()
    _accompany()


def prepare_script() -> None:
    """Prepare a sidecar that runs a Streamlit script which knows nothing of FluxLit.

    Raises:
        fluxlit_pages.errors.ScriptNotFoundError: There is no such script.
    """
    pages.prepare_script()
    _accompany()


def _accompany() -> None:
    """What every sidecar needs, whatever it runs."""
    observe_sidecar()
