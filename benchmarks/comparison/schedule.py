"""Contestants take turns: A B C, A B C, …, at one work after the other; those that a target is about take more of them.

A turn that was taken in an earlier, interrupted run is not taken again. What fails is noted with its reason and not
tried twice; the others go on.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.comparison.samples import Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.comparison.field import Field
    from benchmarks.comparison.measured import Work
    from benchmarks.comparison.samples import SampleFile

_REASON_LENGTH = 300


@dataclass(frozen=True)
class Turn:
    """One contestant's next go at one work."""

    work: Work
    contestant: str
    number: int


def turns(works: Sequence[Work], contestants: Sequence[str]) -> Iterator[Turn]:
    """Every turn of a run, in order."""
    for work in works:
        for number in range(work.turns):
            for contestant in work.entrants:
                if contestant in contestants and number < work.turns_of(contestant):
                    yield Turn(work, contestant, number)


def play(plan: Sequence[Turn], field: Field, file: SampleFile, *, tell: Callable[[Turn], None]) -> None:
    """Take all turns that `file` does not have yet.

    Args:
        plan: From `turns`.
        field: Where the servers are.
        file: Where the samples go.
        tell: Called with each turn before it is taken or passed over.
    """
    warmed: set[tuple[str, str]] = set()
    renewed: set[tuple[str, int, str]] = set()
    for place, turn in enumerate(plan):
        tell(turn)
        if not file.has(turn.work.name, turn.contestant, turn.number):
            stale = _stale(plan[place:], file)
            stale = [name for name in stale if (turn.work.name, turn.number, name) not in renewed]
            renewed.update((turn.work.name, turn.number, name) for name in stale)
            file.add(_take(turn, field, warmed, renew=stale))


def _stale(rest: Sequence[Turn], file: SampleFile) -> list[str]:
    """Whose servers shall be fresh for the first of these turns, and for those that begin together with it."""
    work, number = rest[0].work, rest[0].number
    beginning = rest if work.together else rest[:1]
    return [
        turn.contestant
        for turn in beginning
        if (turn.work, turn.number) == (work, number)
        and work.begins_afresh(turn.contestant, number)
        and not file.has(work.name, turn.contestant, number)
    ]


def _take(turn: Turn, field: Field, warmed: set[tuple[str, str]], *, renew: Sequence[str]) -> Sample:
    load, begun, serving = os.getloadavg()[0], time.perf_counter(), field.seconds
    empty: dict[str, float | None] = {figure.key: None for figure in turn.work.figures}
    place = (turn.work.name, turn.contestant)
    anew = turn.work.begins_afresh(turn.contestant, turn.number)
    failure = ""
    figures = empty
    try:
        if renew:
            field.renew(renew)
        if turn.work.warm is not None and (anew or place not in warmed):
            warmed.add(place)
            turn.work.warm(field, turn.contestant)
        figures = {**empty, **turn.work.measure(field, turn.contestant)}
    except Exception as error:  # noqa: BLE001 - whatever a contestant does wrong is a result, and the run goes on
        failure = f"{type(error).__name__}: {error}".strip()[:_REASON_LENGTH]
        # It may be in any state now.
        field.drop(turn.contestant)
    return Sample(
        work=turn.work.name,
        contestant=turn.contestant,
        turn=turn.number,
        figures=figures,
        failure=failure,
        seconds=round(time.perf_counter() - begun, 2),
        servers=round(field.seconds - serving, 2),
        load=round(load, 2),
    )
