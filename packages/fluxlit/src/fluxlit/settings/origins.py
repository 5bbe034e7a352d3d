"""Where the value of each setting came from, noted while the sources are read.

A note lives as long as one ``FluxlitSettings()`` call: :func:`noting` opens it, the sources write into it.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

__all__ = ("DEFAULT", "Origin", "note", "noting")

_Kind = Literal["flag", "argument", "environment", "env file", "project file", "default"]


@dataclass(frozen=True)
class Origin:
    """One place that a value can come from.

    Attributes:
        kind: Which source.
        name: The flag, variable or place in it: ``--port``, ``FLUXLIT_GATEWAY_PORT``, ``fluxlit.toml, line 3``.
    """

    kind: _Kind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}".strip() if self.kind in {"flag", "environment"} else self.name or self.kind


DEFAULT = Origin("default")

_notes: ContextVar[dict[str, Origin] | None] = ContextVar("fluxlit_settings_notes", default=None)


@contextmanager
def noting() -> Generator[dict[str, Origin]]:
    """Collect the origins of the settings that are read inside the block."""
    notes: dict[str, Origin] = {}
    token = _notes.set(notes)
    try:
        yield notes
    finally:
        _notes.reset(token)


def note(name: str, origin: Origin) -> None:
    """Note the origin of one value; the first note stays, as the strongest source is read first."""
    notes = _notes.get()
    if notes is not None:
        notes.setdefault(name, origin)
