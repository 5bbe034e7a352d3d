"""Runs of scripts, told to an observer: every rerun, of a page as of a fragment, in the thread that runs it.

Streamlit has no hook for this. Its `ScriptRunner._run_script` is called once for each run, with what asked for it, in
all versions from 1.57 on; where a later one lacks it, runs are not observed and a warning says so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeAlias

from streamlit.runtime.scriptrunner import script_runner

__all__ = ("RunObserver", "ScriptRun", "observe_script_runs")

_LOGGER = logging.getLogger("fluxlit.sidecar")


@dataclass(slots=True)
class ScriptRun:
    """One run of a script."""

    session_id: str
    trigger: str
    """What asked for it: `load` (a page was opened), `widget`, `fragment`, `timer` (`run_every`) or `rerun`."""


RunObserver: TypeAlias = Callable[[ScriptRun], AbstractContextManager[object]]
"""Entered before a run and left after it, in the thread of the script. It must not raise."""


def observe_script_runs(observer: RunObserver) -> bool:
    """Call `observer` around each run from now on; whether this Streamlit allows it."""
    original: Any = getattr(script_runner.ScriptRunner, "_run_script", None)
    if original is None:
        _LOGGER.warning("runs of pages are not measured: this version of Streamlit is too new")
        return False

    def observed(self: Any, rerun_data: Any) -> None:
        with observer(ScriptRun(getattr(self, "_session_id", ""), _trigger(self, rerun_data))):
            original(self, rerun_data)

    script_runner.ScriptRunner._run_script = observed  # noqa: SLF001 - see the module's docstring
    return True


def _trigger(runner: Any, data: Any) -> str:
    if getattr(data, "is_auto_rerun", False):
        return "timer"
    if data.fragment_id or data.fragment_id_queue:
        return "fragment"
    if data.widget_states is not None and data.widget_states.widgets:
        return "widget"
    # Belongs to the session, as long as that lives.
    session = getattr(runner, "_pages_manager", None)
    has_run = getattr(session, "_fluxlit_has_run", False)
    if session is not None:
        session._fluxlit_has_run = True  # noqa: SLF001 - ours, on an object of Streamlit's that nobody else marks
    return "rerun" if has_run else "load"
