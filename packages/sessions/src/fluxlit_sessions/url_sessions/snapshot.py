"""Chooses what of a page's state is stored: JSON and pydantic models but no secrets; the log names the rest."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from fluxlit_sessions.errors import UnsupportedValueError
from fluxlit_sessions.url_sessions.python_types import TYPES_KEY, type_names
from fluxlit_sessions.url_sessions.read_only_widgets import read_only_keys
from fluxlit_sessions.url_sessions.secret_keys import find_secret
from fluxlit_sessions.url_sessions.streamlit_page import session_values
from fluxlit_sessions.values.json_values import to_json_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxlit_sessions.url_sessions.streamlit_page import StreamlitPage

__all__ = ("logger", "state_snapshot", "storable_values")

logger = logging.getLogger("fluxlit.url_session")

# A page runs at each click: what is left out is a warning once and a debug line afterwards.
_MAX_ANNOUNCED = 1000
_announced: set[tuple[str, str]] = set()
# Guards the set; pages of all sessions run in threads of one process.
_announced_lock = threading.Lock()


def state_snapshot(st: StreamlitPage) -> dict[str, Any]:
    """What of `st.session_state` can be stored and restored."""
    browser_only = read_only_keys(st)
    return storable_values({key: value for key, value in session_values(st).items() if key not in browser_only})


def storable_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as JSON, without secrets and without what is not JSON; the log names each key that is left out."""
    kept: dict[str, Any] = {}
    for name, value in values.items():
        if name.startswith("__"):
            continue
        try:
            converted = to_json_value(value, name)
        except UnsupportedValueError as error:
            _announce(name, str(error))
            continue
        secret = find_secret(name, converted)
        if secret is None:
            kept[name] = converted
        else:
            _announce(name, f"{secret!r} looks like a secret; if it is none, give it another name")
    types = type_names({name: values[name] for name in kept})
    return {**kept, TYPES_KEY: types} if types else kept


def _announce(key: str, reason: str) -> None:
    with _announced_lock:
        is_new = (key, reason) not in _announced and len(_announced) < _MAX_ANNOUNCED
        if is_new:
            _announced.add((key, reason))
    logger.log(
        logging.WARNING if is_new else logging.DEBUG, "URL session leaves out session_state[%r]: %s", key, reason
    )
