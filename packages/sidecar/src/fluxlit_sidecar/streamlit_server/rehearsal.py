"""A dress rehearsal: one run of a page of our own, so that no visitor's run is the first of the process.

Streamlit and pyarrow import modules and fill caches when a script first shows something: the first run of a process
takes ten times the processor time of the next. The page runs in Streamlit's own test harness, outside of the server and
before there is one.
"""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from streamlit.runtime import Runtime
from streamlit.runtime.pages_manager import PagesManager

from fluxlit_sidecar.streamlit_server.hidden_libraries import hint_for_hidden_names

if TYPE_CHECKING:
    from collections.abc import Generator

    from streamlit.testing.v1 import AppTest

__all__ = ("rehearse",)

_LOGGER = logging.getLogger("fluxlit.sidecar")
_PAGE = Path(__file__).with_name("rehearsal_page.py")
_WITHIN = 30.0
# What the page is shown with, besides Streamlit itself.
_SHOWN_WITH = ("numpy", "pandas", "pyarrow")


def rehearse() -> None:
    """Run the page once. A rehearsal that fails costs the first visitor some time and is no reason not to serve."""
    try:
        from streamlit.testing.v1 import AppTest  # noqa: PLC0415 - may change or go in a later Streamlit

        with _without_traces():
            test = AppTest.from_file(str(_PAGE))
            _skip_search_for_components(test)
            result = test.run(timeout=_WITHIN)
        problems = [element.message for element in result.exception]
    except Exception as error:  # noqa: BLE001 - see the docstring
        problems = [f"{type(error).__name__}: {error}"]
    for problem in problems:
        hint = hint_for_hidden_names(_SHOWN_WITH)
        _LOGGER.warning("the rehearsal before the first visitor failed: %s%s", problem, f"; {hint}" if hint else "")


def _skip_search_for_components(test: AppTest) -> None:
    """Give the harness a manager of components that has found none: to search all packages costs more than the page."""
    if getattr(test, "_bidi_component_manager", ...) is None:
        # As the harness itself does, where it has such a thing.
        from streamlit.components.v2.component_manager import BidiComponentManager  # noqa: PLC0415 - see above

        test._bidi_component_manager = BidiComponentManager()  # noqa: SLF001 - it keeps its own there from run to run


@contextlib.contextmanager
def _without_traces() -> Generator[None]:
    # The harness leaves its stand-in for the runtime behind when a run fails, and what it found out about a folder of
    # pages beside our page. Streamlit also warns about what is no mistake in a harness.
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        Runtime._instance = None  # noqa: SLF001 - there is no other way to put it back
        PagesManager.uses_pages_directory = None
