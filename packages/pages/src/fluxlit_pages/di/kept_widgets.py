"""Widget state that survives: ``app.page(..., keep=["filters.*"])``.

Values of ``st.session_state`` whose key fits a pattern are kept in the visitor's session. A tab that does not have such
a key yet (after F5, or on another sidecar) gets it before the page runs, so that widgets start with it.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final, cast

from fluxlit_pages.di.run_session import run_session
from fluxlit_sessions import restored_widget_values, storable_widget_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxlit_pages.di.sources import Run
    from fluxlit_sessions import Session

__all__ = ("KEPT_KEY", "keep_widgets")

KEPT_KEY: Final = "__widgets__"
"""The session's key that holds them."""


def keep_widgets(run: Run, patterns: Sequence[str]) -> None:
    """Restore what fits the patterns now, and keep it at the end of the run.

    Args:
        run: The run of a page.
        patterns: Of keys, as in a shell: ``filters.*``; case matters.
    """
    kept = _KeptWidgets(run.st, tuple(patterns))
    of_run = run_session(run)
    kept.restore(of_run.session)
    of_run.add(kept.write)


class _KeptWidgets:
    def __init__(self, st: Any, patterns: tuple[str, ...]) -> None:
        self._st = st
        self._patterns = patterns
        self._there: frozenset[str] = frozenset()

    def restore(self, session: Session) -> None:
        state = self._st.session_state
        for key, value in restored_widget_values(_stored(session)).items():
            if self._fits(key) and key not in state:
                state[key] = value
        self._there = frozenset(key for key in map(str, list(state.keys())) if self._fits(key))

    def write(self, session: Session) -> None:
        now = storable_widget_values(self._st, self._fits)
        # What was there and is not any more was deleted by the page; what was never there may be another tab's.
        gone = self._there - {str(key) for key in self._st.session_state}
        stored = _stored(session)
        values = {key: value for key, value in cast("dict[str, Any]", stored["values"]).items() if key not in gone}
        types = {key: name for key, name in cast("dict[str, str]", stored["types"]).items() if key in values}
        for key, value in now["values"].items():
            values[key] = value
            types.pop(key, None)
        merged = {"values": values, "types": {**types, **now["types"]}}
        if values or KEPT_KEY in session:
            session[KEPT_KEY] = merged

    def _fits(self, key: str) -> bool:
        return not key.startswith("__") and any(fnmatchcase(key, pattern) for pattern in self._patterns)


def _stored(session: Session) -> dict[str, Any]:
    found: object = session.get(KEPT_KEY)
    known = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    return {part: known[part] if isinstance(known.get(part), dict) else {} for part in ("values", "types")}
