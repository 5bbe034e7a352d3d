"""Sections of the theme in which nothing is set, which is most of them, passed over without reading them."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from fluxlit_sidecar.streamlit_server.run_costs.config_sections import THEME_SECTIONS
from fluxlit_sidecar.streamlit_server.run_costs.known_code import MARK, is_ours, leave_alone, member, namespace

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("skip_unset_themes",)

_FILLER = "_populate_theme_msg"


class _Changes:
    """Counts what is set in the configuration, by whatever sets it."""

    def __init__(self) -> None:
        self.count = 0


def skip_unset_themes() -> bool:
    """Exchange what writes a section of the theme into a message; whether it was, now or before."""
    session = namespace("streamlit.runtime.app_session")
    config = namespace("streamlit.config")
    option = namespace("streamlit.config_option").get("ConfigOption")
    filler: Any = session.get(_FILLER)
    set_value = member(option, "set_value")
    if is_ours(filler):
        return True
    reader: Any = config.get("get_options_for_section")
    options: Any = config.get("get_config_options")
    if None in {filler, set_value, reader, options}:
        return leave_alone("the message of the theme")
    if not _leaves_empty(filler, reader):
        return leave_alone("the message of the theme")
    session[_FILLER] = _skipping(filler, options=options, reader=reader, changes=_count_changes(option, set_value))
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


def _are_plain(options: dict[str, Any], section: str) -> bool:
    """Whether the options of a section have values that were set, and none that a function works out anew each time."""
    getters = (getattr(option, "_get_val_func", None) for option in options.values() if option.section == section)
    return all(getattr(getter, "__qualname__", "").startswith("ConfigOption.set_value.") for getter in getters)


def _count_changes(option: Any, original: Callable[..., None]) -> _Changes:
    changes = _Changes()

    @wraps(original)
    def set_value(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        changes.count += 1

    setattr(set_value, MARK, True)
    option.set_value = set_value
    return changes


def _skipping(
    original: Callable[..., None],
    *,
    options: Callable[[], dict[str, Any]],
    reader: Callable[[str], dict[str, object]],
    changes: _Changes,
) -> Callable[..., None]:
    # Section -> the options, their number and the count of changes at which nothing was set in it.
    unset: dict[str, tuple[object, int, int]] = {}

    @wraps(original)
    def fill(msg: Any, section: str = "theme") -> None:
        present, count = options(), changes.count
        known = unset.get(section)
        if known is not None and known[0] is present and known[1:] == (len(present), count):
            return
        if _is_unset(reader(section)) and _are_plain(present, section):
            unset[section] = present, len(present), count
        original(msg, section)

    setattr(fill, MARK, True)
    return fill
