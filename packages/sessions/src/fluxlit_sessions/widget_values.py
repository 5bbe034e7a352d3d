"""Chosen values of `st.session_state` on their way into a session and back, with the types that widgets insist on.

Left out, and named in the log, as for URL sessions: secrets and values that are not JSON. Left out quietly: widgets
whose value only the browser may set (buttons, uploads, data editors).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxlit_sessions.url_sessions.python_types import TYPES_KEY, restored_values
from fluxlit_sessions.url_sessions.read_only_widgets import read_only_keys
from fluxlit_sessions.url_sessions.snapshot import storable_values
from fluxlit_sessions.url_sessions.streamlit_page import session_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fluxlit_sessions.url_sessions.streamlit_page import StreamlitPage

__all__ = ("restored_widget_values", "storable_widget_values")


def storable_widget_values(st: StreamlitPage, wanted: Callable[[str], bool]) -> dict[str, dict[str, Any]]:
    """What can be kept of the wanted keys: `{"values": {...}, "types": {...}}`, both JSON.

    Args:
        st: The `streamlit` module.
        wanted: Which keys.
    """
    browser_only = read_only_keys(st)
    values = {key: value for key, value in session_values(st).items() if wanted(key) and key not in browser_only}
    kept = storable_values(values)
    types: dict[str, str] = kept.pop(TYPES_KEY, {})
    return {"values": kept, "types": types}


def restored_widget_values(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The values as they were, out of what `storable_widget_values` gave."""
    return restored_values({**stored["values"], TYPES_KEY: stored["types"]})
