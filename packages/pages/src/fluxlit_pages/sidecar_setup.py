"""What a worker does once before it takes traffic; `fluxlit_sidecar` calls one of these by its name."""

import importlib
import os

from fluxlit_pages.di.planning import plan_call
from fluxlit_pages.di.sources import cache_key
from fluxlit_pages.main_script import APP_VARIABLE
from fluxlit_pages.plain_script import SCRIPT_VARIABLE, find_plain_script, warm_imports
from fluxlit_pages.target import load_page_app

__all__ = ("prepare", "prepare_script")


def prepare() -> None:
    """Import the application named by ``FLUXLIT_APP`` and work out what every run of its pages needs.

    Raises:
        TargetError: The application cannot be loaded; the worker's start fails with this message.
    """
    app = load_page_app(os.environ.get(APP_VARIABLE, ""))
    # Only here, because it imports Streamlit: this module is also imported where no page ever runs.
    importlib.import_module("fluxlit_pages.streamlit.entry_run").navigation_plan(app)
    registry = app.page_registry
    for record in registry.records:
        registry.plans[cache_key(record.fn)] = plan_call(record.fn, app)


def prepare_script() -> None:
    """Import what the script named by ``FLUXLIT_SCRIPT`` imports from other people's packages.

    Raises:
        ScriptNotFoundError: There is no such script.
    """
    warm_imports(find_plain_script(os.environ.get(SCRIPT_VARIABLE, "")))
