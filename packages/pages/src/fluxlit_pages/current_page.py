"""Which page the current run belongs to, for whoever observes runs from outside.

Lifecycle: an observer sets `run_of_page` before a run; the page's runner fills it in; the observer reads it afterwards.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

__all__ = ("RunOfPage", "run_of_page")


@dataclass(slots=True)
class RunOfPage:
    """What a run turned out to be."""

    path: str = ""
    """The page's registered path; empty for a script or a fragment."""
    failed: bool = False
    """Whether the page raised."""


run_of_page: ContextVar[RunOfPage | None] = ContextVar("fluxlit_run_of_page", default=None)
