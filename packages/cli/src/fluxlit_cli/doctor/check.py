"""One finding of the doctor, and what the checks look at."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

__all__ = ("Check", "Examination", "Result", "Status", "failed", "passed", "strictly", "warned")


class Status(StrEnum):
    """How a check ended."""

    PASS = "PASS"  # noqa: S105 -- a status, no password
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True)
class Result:
    """One row.

    Attributes:
        name: Stable name of the check.
        status: How it ended.
        detail: What was found.
        remedy: What to do about it; empty where all is well.
    """

    name: str
    status: Status
    detail: str
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        """The row, ready for JSON."""
        return {"name": self.name, "status": self.status.value, "detail": self.detail, "remedy": self.remedy}


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What the checks look at.

    Attributes:
        target: What was asked for.
        app: The application, or ``None`` when it could not be loaded.
        problem: Why not.
        strict: Whether warnings of configuration count as failures.
        with_pages: Whether to look at the pages too.
        environ: Environment variables.
    """

    target: str
    app: Any
    problem: str
    strict: bool
    with_pages: bool
    environ: Mapping[str, str]

    @property
    def settings(self) -> Any:
        """The application's settings."""
        return self.app.settings


Check = Callable[[Examination], Iterable[Result]]


def passed(name: str, detail: str) -> Result:
    """A check that found nothing wrong."""
    return Result(name, Status.PASS, detail)


def warned(name: str, detail: str, remedy: str) -> Result:
    """A check that found something to think about."""
    return Result(name, Status.WARN, detail, remedy)


def failed(name: str, detail: str, remedy: str) -> Result:
    """A check that found something that cannot work."""
    return Result(name, Status.FAIL, detail, remedy)


def strictly(examination: Examination, name: str, *, detail: str, remedy: str) -> Result:
    """A warning, which ``--strict`` makes a failure."""
    return Result(name, Status.FAIL if examination.strict else Status.WARN, detail, remedy)
