"""Whether anything has been set in Streamlit's configuration since, by whatever sets it."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from fluxlit_sidecar.streamlit_server.run_costs.known_code import MARK, member, namespace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ("ConfigChanges", "are_plain", "config_changes")


class ConfigChanges:
    """Counts what is set.

    Args:
        options: The present options; another mapping once the configuration files have been read again.
    """

    def __init__(self, options: Callable[[], dict[str, Any]]) -> None:
        self.options = options
        self.count = 0

    def state(self) -> tuple[object, int, int]:
        """Something that is equal as long as nothing has been set."""
        present = self.options()
        return present, len(present), self.count


def config_changes() -> ConfigChanges | None:
    """Count what is set from now on; the same counter each time, and None where this Streamlit is not what we know."""
    option = namespace("streamlit.config_option").get("ConfigOption")
    set_value = member(option, "set_value")
    found = getattr(set_value, MARK, None)
    if isinstance(found, ConfigChanges):
        return found
    options: Any = namespace("streamlit.config").get("get_config_options")
    if None in {set_value, options}:
        return None
    changes = ConfigChanges(options)
    _count(option, set_value, changes)
    return changes


def _count(option: Any, original: Callable[..., None], changes: ConfigChanges) -> None:
    @wraps(original)
    def set_value(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        changes.count += 1

    setattr(set_value, MARK, changes)
    option.set_value = set_value


def are_plain(options: Iterable[Any]) -> bool:
    """Whether options have values that were set, and none that a function works out anew each time."""
    getters = (getattr(option, "_get_val_func", None) for option in options)
    return all(getattr(getter, "__qualname__", "").startswith("ConfigOption.set_value.") for getter in getters)
