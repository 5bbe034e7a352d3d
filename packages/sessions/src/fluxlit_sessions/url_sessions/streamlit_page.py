"""What URL sessions use of Streamlit: two attributes, so that this package need not import it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import MutableMapping

__all__ = ("StreamlitPage", "session_values", "write_value")


class StreamlitPage(Protocol):
    """The `streamlit` module, or anything with its `query_params` and `session_state`."""

    @property
    def query_params(self) -> MutableMapping[str, Any]:
        """The query of the address bar; writing to it changes the address."""
        ...

    @property
    def session_state(self) -> Any:
        """The state of the page's tab: a mapping."""
        ...


def session_values(st: StreamlitPage) -> dict[str, Any]:
    """The keys and values of `st.session_state`, without those that begin with two underscores."""
    state = st.session_state
    # Streamlit's own state class has `filtered_state`; a page may also have a key of that name, which is not meant.
    filtered = None if "filtered_state" in state else getattr(state, "filtered_state", None)
    source = state if filtered is None or not hasattr(filtered, "keys") else filtered
    return {str(key): source[key] for key in list(source.keys()) if not str(key).startswith("__")}


def write_value(st: StreamlitPage, key: str, value: object) -> None:
    """Set one key of `st.session_state`."""
    st.session_state[key] = value
