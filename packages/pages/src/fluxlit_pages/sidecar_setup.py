"""What a worker does once before it takes traffic; `fluxlit_sidecar` calls one of these by its name."""

import importlib
import logging
import os

from fluxlit_pages.di.planning import plan_call
from fluxlit_pages.di.sources import cache_key
from fluxlit_pages.main_script import APP_VARIABLE
from fluxlit_pages.plain_script import SCRIPT_VARIABLE, find_plain_script, warm_imports
from fluxlit_pages.target import load_page_app, source_folder

__all__ = ("ERROR_DETAILS_VARIABLE", "prepare", "prepare_script")

ERROR_DETAILS_VARIABLE = "FLUXLIT_PAGE_ERROR_DETAILS"
"""Environment variable with what ``client.showErrorDetails`` is where the user's configuration does not say:
``none`` in production, so that visitors see an id instead of a traceback."""


def prepare() -> None:
    """Import the application named by ``FLUXLIT_APP`` and work out what every run of its pages needs.

    Raises:
        TargetError: The application cannot be loaded; the worker's start fails with this message.
    """
    _apply_error_details()
    _quiet_the_http_library()
    target = os.environ.get(APP_VARIABLE, "")
    app = load_page_app(target)
    _let_streamlit_watch(target)
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
    _apply_error_details()
    warm_imports(find_plain_script(os.environ.get(SCRIPT_VARIABLE, "")))


def _let_streamlit_watch(target: str) -> None:
    """Name the application's folder in ``PYTHONPATH``.

    Streamlit's file watcher, where it is on, looks only at modules below the script's folder, which is ours, and below
    those of ``PYTHONPATH`` (``LocalSourcesWatcher._file_should_be_watched``). Without this an edited page stays old.
    """
    folder = source_folder(target)
    known = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    if folder is not None and str(folder) not in known:
        os.environ["PYTHONPATH"] = os.pathsep.join([*known, str(folder)])


def _quiet_the_http_library() -> None:
    """A line for each call that a page makes says nothing that the API's own log does not say."""
    for name in ("httpx2", "httpcore2"):
        logger = logging.getLogger(name)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.WARNING)


def _apply_error_details() -> None:
    details = os.environ.get(ERROR_DETAILS_VARIABLE, "")
    if not details:
        return
    # Imported here for the same reason as in prepare.
    config = importlib.import_module("streamlit.config")
    if not config.is_manually_set("client.showErrorDetails"):
        config.set_option("client.showErrorDetails", details)
