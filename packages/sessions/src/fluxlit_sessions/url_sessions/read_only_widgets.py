"""Finds the keys of widgets whose value only the browser may set: buttons, uploads, data editors, chart selections.

Restoring such a key makes Streamlit refuse the widget (`StreamlitValueAssignmentNotAllowedError`), so that a page with
a keyed button would break on the first F5. Streamlit has no public way to ask: this looks at the widget's metadata, and
finds nothing where that looks different.
"""

from __future__ import annotations

import contextlib
from typing import Any

__all__ = ("read_only_keys",)

# The modules of Streamlit whose widgets call `check_widget_policies(..., writes_allowed=False)`.
_READ_ONLY_MODULES = frozenset(
    {"audio_input", "button", "camera_input", "chat", "column_config_utils", "data_editor", "deck_gl_json_chart",
     "echarts_chart", "file_uploader", "form", "menu_button", "plotly_chart", "vega_charts"}
)  # fmt: skip


def read_only_keys(st: object) -> frozenset[str]:
    """The keys of `st.session_state` that belong to such widgets; none if `st` is not the `streamlit` module."""
    # Everything here is private to Streamlit and may be missing in the next release.
    with contextlib.suppress(AttributeError, KeyError, TypeError):
        module: Any = st
        state = module.runtime.state.session_state_proxy.get_session_state()._state  # noqa: SLF001 - see above
        ids: dict[str, str] = state._key_id_mapper.id_key_mapping  # noqa: SLF001 - see above
        metadata: dict[str, Any] = state._new_widget_state.widget_metadata  # noqa: SLF001 - see above
        return frozenset(key for widget, key in list(ids.items()) if _is_read_only(metadata.get(widget)))
    return frozenset()


def _is_read_only(metadata: Any) -> bool:
    module = str(getattr(getattr(metadata, "deserializer", None), "__module__", ""))
    return "trigger" in str(getattr(metadata, "value_type", "")) or module.rpartition(".")[2] in _READ_ONLY_MODULES
