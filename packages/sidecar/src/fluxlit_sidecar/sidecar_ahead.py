"""The first sidecar begins before it is known what it will serve.

A program whose application takes a while to import wraps that, and the serving, in `sidecar_ahead`: the first sidecar
imports Streamlit meanwhile, on another core.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Literal

from fluxlit_sidecar.child import names
from fluxlit_sidecar.child.command import python_module
from fluxlit_sidecar.sharing.supervisor_process import dismiss_supervisor, start_supervisor_ahead
from fluxlit_sidecar.supervision.forerunner import dismiss_forerunner, start_forerunner

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

__all__ = ("dismiss_sidecar_ahead", "sidecar_ahead")


@contextlib.contextmanager
def sidecar_ahead(
    *, mode: Literal["run", "dev"] = "run", imports: Sequence[str] = (), shared: bool = False
) -> Generator[None]:
    """Have a Streamlit sidecar import what it needs while the block runs; the first that a pool starts takes it over.

    Where the application has changed the environment meanwhile, or its modules hide some that were imported, the
    sidecar starts anew, and nothing was gained or lost. One that no pool has asked for has ended when the block ends.

    Args:
        mode: As for `streamlit_child`.
        imports: As `spare_imports` of `streamlit_child`.
        shared: Whether this process is the first of several workers, whose sidecars belong to a supervisor that it
            starts: then that one begins, too.

    Example:
        >>> with sidecar_ahead():
        ...     pass  # import the application, run the server whose lifespan starts a pool
    """
    settings = {"script": os.path.abspath("ahead.py"), "mode": mode, "spare_imports": list(imports)}  # noqa: PTH100 - pathlib takes its time to import
    described = json.dumps(settings)
    if shared:
        start_supervisor_ahead(described)
    else:
        start_forerunner(python_module("fluxlit_sidecar.streamlit_server"), env={names.STREAMLIT: described})
    try:
        yield
    finally:
        dismiss_sidecar_ahead()


def dismiss_sidecar_ahead() -> None:
    """End what `sidecar_ahead` has started and nobody has taken; for a program that needs no sidecar after all."""
    dismiss_forerunner()
    dismiss_supervisor()
