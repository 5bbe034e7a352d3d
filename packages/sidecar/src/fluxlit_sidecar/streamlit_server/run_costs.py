"""Two costs that Streamlit adds to each run of a script and has no option for.

Both are module-level names of Streamlit that are exchanged for equivalents, each only where it is what we know (since
Streamlit 1.57): a later Streamlit that has changed there is left as it is, and is merely a little slower.

- After each delivery of messages the runtime pauses for 5 ms. The first delivery of a run is its `new_session` message,
  so that a page of 2 ms takes more than 5.
- For each run the theme is read from the configuration, section by section, and each section looks at every option that
  there is: up to a tenth of the processor time of a small page.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ("FLUSH_INTERVAL", "lower_run_costs", "section_reader")

FLUSH_INTERVAL = 0.002
"""Seconds between two deliveries. With less a small page is delivered in more pieces, for more processor time."""

_INTERVAL_NAME = "MESSAGE_FLUSH_INTERVAL_SECS"
_READER_NAME = "get_options_for_section"
_THEME_SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")


def lower_run_costs() -> None:
    """Exchange both; the configuration has been loaded. Safe to call twice."""
    # Looked up by name: neither is part of Streamlit's typed interface, and either may go.
    runtime = vars(import_module("streamlit.runtime.runtime"))
    interval = runtime.get(_INTERVAL_NAME)
    if isinstance(interval, float) and interval > FLUSH_INTERVAL:
        runtime[_INTERVAL_NAME] = FLUSH_INTERVAL
    config = vars(import_module("streamlit.config"))
    known = config.get(_READER_NAME), config.get("get_config_options")
    if all(callable(function) for function in known):
        original = cast("Callable[[str], dict[str, object]]", known[0])
        reader = section_reader(cast("Callable[[], Mapping[str, _Option]]", known[1]))
        if _agree(reader, original):
            config[_READER_NAME] = reader


class _Option(Protocol):
    """The part of Streamlit's ConfigOption that is read here."""

    section: str
    name: str

    @property
    def value(self) -> object: ...


def section_reader(options: Callable[[], Mapping[str, _Option]]) -> Callable[[str], dict[str, object]]:
    """The values of a section by their names, read anew each time, without a look at the other sections' options.

    Args:
        options: The present options; another mapping once the configuration files have been read again.
    """
    present: Mapping[str, _Option] = {}
    size = 0
    sections: dict[str, list[_Option]] = {}

    def read(section: str) -> dict[str, object]:
        nonlocal present, size, sections
        now = options()
        if now is not present or len(now) != size:
            fresh: dict[str, list[_Option]] = {}
            for option in now.values():
                fresh.setdefault(option.section, []).append(option)
            present, size, sections = now, len(now), fresh
        return {option.name: option.value for option in sections.get(section, ())}

    return read


def _agree(reader: Callable[[str], dict[str, object]], original: Callable[[str], dict[str, object]]) -> bool:
    try:
        return all(reader(section) == original(section) for section in _THEME_SECTIONS)
    except (AttributeError, TypeError):
        return False
