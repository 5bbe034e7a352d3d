"""What a worker does once before it takes traffic; `fluxlit_sidecar` calls `prepare` by its name."""

import importlib
import os

from fluxlit_pages.main_script import APP_VARIABLE
from fluxlit_pages.target import load_page_app

__all__ = ("prepare",)


def prepare() -> None:
    """Import the application named by ``FLUXLIT_APP`` and what its pages import on first use.

    Raises:
        TargetError: The application cannot be loaded; the worker's start fails with this message.
    """
    load_page_app(os.environ.get(APP_VARIABLE, ""))
    importlib.import_module("fluxlit_pages.entry_run")
