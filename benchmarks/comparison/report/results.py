"""``results.json``: everything of a run, for whoever wants to look closer or compare two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.comparison.machine import Machine
from benchmarks.comparison.samples import Sample
from benchmarks.comparison.summary import Summary, table_of
from pydantic import BaseModel, Field, ValidationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.comparison.measured import Work


class Results(BaseModel, frozen=True, extra="forbid"):
    """One run."""

    effort: str = Field(description="full, quick or tiny")
    machine: Machine = Field(description="Where and when")
    table: dict[str, dict[str, Summary]] = Field(description="Summaries by figure (work/key) and contestant")
    samples: list[Sample] = Field(description="Each turn as it was taken")


def results_of(effort: str, machine: Machine, *, works: Sequence[Work], samples: Sequence[Sample]) -> Results:
    """Sum up a run."""
    return Results(effort=effort, machine=machine, table=table_of(works, samples), samples=list(samples))


def published_results(folder: Path) -> Results | None:
    """The run whose page is in this folder; None where there is no such page, or one that is no longer understood."""
    try:
        return Results.model_validate_json((folder / "results.json").read_text("utf-8"))
    except (OSError, ValidationError):
        return None
