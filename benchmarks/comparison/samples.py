"""The samples of a run, one line each in a file, written as they come: an interrupted run goes on where it stopped.

Lifecycle: `SampleFile` reads what is there; `add` appends and flushes. A run that is complete is left in its place; the
next one begins by moving it aside (`begin_anew`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, Field, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Sample(BaseModel, frozen=True, extra="forbid"):
    """What one contestant did at one work in one turn."""

    work: str = Field(description="Name of the work")
    contestant: str = Field(description="Name of the contestant")
    turn: int = Field(ge=0, description="Which of its turns, from 0")
    figures: dict[str, float | None] = Field(description="Each figure by its key; None where there is none to give")
    failure: str = Field(default="", description="Why there are no figures")
    seconds: float = Field(default=0.0, description="How long the turn took, warm-up and starting included")
    servers: float = Field(default=0.0, description="Of these seconds, those for starting and stopping servers")
    load: float = Field(default=0.0, description="Load average of the machine when the turn began")
    commit: str = Field(default="", description="The checkout's commit at the time")


class SampleFile:
    """The samples of one run, in the order in which they came.

    Args:
        path: Of the file.
        commit: What is measured; noted with each new sample.
    """

    def __init__(self, path: Path, commit: str = "") -> None:
        self._path = path
        self._commit = commit
        self._samples: list[Sample] = list(_read(path))
        # A line that was cut short when its process was killed must not swallow the next one.
        self._torn = path.exists() and not path.read_bytes().endswith(b"\n")

    @property
    def samples(self) -> tuple[Sample, ...]:
        """All of them."""
        return tuple(self._samples)

    @property
    def is_of_another_commit(self) -> bool:
        """Whether it has samples of something else than what is measured now."""
        return any(each.commit != self._commit for each in self._samples)

    def has(self, work: str, contestant: str, turn: int) -> bool:
        """Whether this turn was taken already."""
        return any(
            (each.work, each.contestant, each.turn) == (work, contestant, turn) for each in reversed(self._samples)
        )

    def add(self, sample: Sample) -> None:
        """Keep one more, also on disk."""
        sample = sample.model_copy(update={"commit": self._commit})
        self._samples.append(sample)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            if self._torn:
                file.write("\n")
                self._torn = False
            file.write(sample.model_dump_json() + "\n")

    def forget(self, contestant: str) -> None:
        """Drop what a contestant has done, so that it takes its turns again."""
        self._samples = [each for each in self._samples if each.contestant != contestant]
        if self._path.exists():
            self._torn = False
            self._path.write_text("".join(each.model_dump_json() + "\n" for each in self._samples), "utf-8")

    def begin_anew(self) -> None:
        """Move what is there aside (one earlier run is kept) and begin with nothing."""
        self._samples, self._torn = [], False
        if self._path.exists():
            self._path.replace(self._path.with_suffix(".earlier"))


def _read(path: Path) -> Iterator[Sample]:
    if not path.exists():
        return
    for line in path.read_text("utf-8").splitlines():
        try:
            yield Sample.model_validate_json(line)
        except ValidationError:
            # The last line of a run that was killed while it wrote.
            continue
