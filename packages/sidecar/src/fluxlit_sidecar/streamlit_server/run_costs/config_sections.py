"""Options of one section, read without a look at all other options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from fluxlit_sidecar.streamlit_server.run_costs.known_code import leave_alone, namespace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ("THEME_SECTIONS", "read_sections_directly", "section_reader")

THEME_SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")
"""Those that are read for each run."""

_READER_NAME = "get_options_for_section"


class _Option(Protocol):
    """The part of Streamlit's ConfigOption that is read here."""

    section: str
    name: str

    @property
    def value(self) -> object: ...


def read_sections_directly() -> bool:
    """Exchange the reader of ``streamlit.config`` if ours gives the same answers; whether it was."""
    config = namespace("streamlit.config")
    known = config.get(_READER_NAME), config.get("get_config_options")
    if not all(callable(function) for function in known):
        return leave_alone("the configuration's reader")
    original = cast("Callable[[str], dict[str, object]]", known[0])
    reader = section_reader(cast("Callable[[], Mapping[str, _Option]]", known[1]))
    if not _agree(reader, original):
        return leave_alone("the configuration's reader")
    config[_READER_NAME] = reader
    return True


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
        return all(reader(section) == original(section) for section in THEME_SECTIONS)
    except (AttributeError, TypeError):
        return False
