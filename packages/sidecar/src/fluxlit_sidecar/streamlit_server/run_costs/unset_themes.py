"""Sections of the theme in which nothing is set, which is most of them, passed over without reading them."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from fluxlit_sidecar.streamlit_server.run_costs.config_changes import ConfigChanges, are_plain, config_changes
from fluxlit_sidecar.streamlit_server.run_costs.config_sections import THEME_SECTIONS
from fluxlit_sidecar.streamlit_server.run_costs.known_code import MARK, is_ours, leave_alone, namespace

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("skip_unset_themes",)

_FILLER = "_populate_theme_msg"


def skip_unset_themes() -> bool:
    """Exchange what writes a section of the theme into a message; whether it was, now or before."""
    session = namespace("streamlit.runtime.app_session")
    filler: Any = session.get(_FILLER)
    if is_ours(filler):
        return True
    reader: Any = namespace("streamlit.config").get("get_options_for_section")
    if None in {filler, reader} or not _leaves_empty(filler, reader):
        return leave_alone("the message of the theme")
    changes = config_changes()
    if changes is None:
        return leave_alone("the message of the theme")
    session[_FILLER] = _skipping(filler, reader=reader, changes=changes)
    return True


def _leaves_empty(filler: Callable[..., None], reader: Callable[[str], dict[str, object]]) -> bool:
    """Whether the original really does nothing for a section in which nothing is set."""
    kind = namespace("streamlit.proto.NewSession_pb2").get("CustomThemeConfig")
    if kind is None:
        return False
    for section in THEME_SECTIONS:
        if _is_unset(reader(section)):
            message: Any = kind()
            filler(message, section)
            if message.ByteSize():
                return False
    return True


def _is_unset(values: dict[str, object]) -> bool:
    return bool(values) and all(value is None for value in values.values())


def _skipping(
    original: Callable[..., None], *, reader: Callable[[str], dict[str, object]], changes: ConfigChanges
) -> Callable[..., None]:
    # Section -> the state of the configuration in which nothing was set in it.
    unset: dict[str, tuple[object, int, int]] = {}

    @wraps(original)
    def fill(msg: Any, section: str = "theme") -> None:
        state = changes.state()
        if unset.get(section) == state:
            return
        of_section = [option for option in changes.options().values() if option.section == section]
        if _is_unset(reader(section)) and are_plain(of_section):
            unset[section] = state
        original(msg, section)

    setattr(fill, MARK, True)
    return fill
