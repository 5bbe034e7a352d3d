"""What can be measured: a figure, and the work that yields it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.comparison.field import Field

Figures = dict[str, float | None]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number of a work.

    Attributes:
        key: Within its work.
        title: In the table.
        unit: Of its values.
        more_is_better: Otherwise less is.
        base: The contestant whose figure the others are given as a ratio to; empty for none.
    """

    key: str
    title: str
    unit: str
    more_is_better: bool = False
    base: str = ""


@dataclass(frozen=True, kw_only=True)
class Work:
    """Something that contestants do in turns.

    Attributes:
        name: In files and on the command line.
        figures: What comes out of each turn.
        entrants: The contestants that can do it, in the order of their turns.
        turns: How often each does it that a target is about, or each where none is named.
        aimed: The contestants that a target is about: it is read off the medians of these alone.
        side_turns: How often the others do it then.
        measure: Does it once, with the servers of the field.
        warm: Does a little of it, unmeasured, before a contestant's first turn; None where coldness is the point.
        fresh: The contestants that begin turns with a fresh server.
        fresh_every: Every how many turns they do.
        together: Those servers start before the first of these turns; otherwise each at its own.
    """

    name: str
    figures: tuple[Figure, ...]
    entrants: tuple[str, ...]
    turns: int
    measure: Callable[[Field, str], Figures]
    warm: Callable[[Field, str], object] | None = None
    aimed: tuple[str, ...] = ()
    side_turns: int = 1
    fresh: tuple[str, ...] = ()
    fresh_every: int = 1
    together: bool = False

    def begins_afresh(self, contestant: str, number: int) -> bool:
        """Whether this contestant's server is to be fresh for its turn of that number."""
        return contestant in self.fresh and number % self.fresh_every == 0

    def turns_of(self, contestant: str) -> int:
        """How often this contestant does it."""
        return self.turns if not self.aimed or contestant in self.aimed else self.side_turns


def figure_of(works: Mapping[str, Work], name: str) -> Figure:
    """The figure `work/key`.

    Raises:
        KeyError: There is none.
    """
    work, _, key = name.partition("/")
    return {figure.key: figure for figure in works[work].figures}[key]
