"""The programs that measure one package each (`python -m benchmarks NAME`): run here too, and their figures read off.

Each compares within itself, so they take no turns with the contestants: they are this checkout's alone.
"""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from benchmarks.comparison.measured import Figure, Figures, Work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.comparison.effort import Effort
    from benchmarks.comparison.field import Field

CHECKOUT = "packages"
FOLDER = Path(__file__).resolve().parents[2]
_SECONDS = 900.0
_STOP_SECONDS = 20.0


class ProgramError(RuntimeError):
    """A program failed, or printed no figure that is known here."""


@dataclass(frozen=True)
class Reading:
    """Where a figure stands in what a program prints; the pattern's one group is the number."""

    figure: Figure
    pattern: str


@dataclass(frozen=True)
class Program:
    """One program: its file below ``benchmarks/``, its arguments in a whole and in a quick run, and what to read.

    None instead of arguments leaves it out of a quick run.
    """

    name: str
    file: str
    readings: tuple[Reading, ...]
    whole: tuple[str, ...] = ()
    quick: tuple[str, ...] | None = ()


def _reading(key: str, title: str, *, unit: str, pattern: str) -> Reading:
    return Reading(Figure(key=key, title=title, unit=unit), pattern)


PROGRAMS = (
    Program(
        "gateway-websocket",
        "gateway/speed.py",
        (
            _reading(
                "echo",
                "Gateway alone: WebSocket echo, 100 bytes, to the direct one",
                unit="ratio",
                pattern=r"WebSocket echo round trip.*ratio ([\d.]+)",
            ),
        ),
        ("--only", "websocket", "--seconds", "2"),
        ("--only", "websocket", "--seconds", "0.3", "--rounds", "3", "--one-connection"),
    ),
    Program(
        "gateway-memory",
        "gateway/memory.py",
        (
            _reading(
                "download",
                "Gateway alone: memory rose by, download",
                unit="MiB",
                pattern=r"download .*rose by ([\d.-]+) MiB",
            ),
            _reading(
                "upload", "Gateway alone: memory rose by, upload", unit="MiB", pattern=r"upload .*rose by ([\d.-]+) MiB"
            ),
        ),
        ("--mib", "2048"),
        ("--mib", "512"),
    ),
    Program(
        "sidecar-soak",
        "sidecar/soak.py",
        (
            _reading(
                "growth",
                "Sidecar alone: memory after 2,000 reruns to that after 200",
                unit="ratio",
                pattern=r"reruns: ([\d.]+) of the figure",
            ),
        ),
    ),
    Program(
        "sidecar-recovery",
        "sidecar/recovery.py",
        (
            _reading(
                "page",
                "Quick start: its page again after SIGKILL of its sidecar",
                unit="s",
                pattern=r"page +after ([\d.]+) s",
            ),
        ),
        ("3",),
        ("1", "0"),
    ),
    Program(
        "client",
        "client/speed.py",
        (
            _reading(
                "build", "ApiClient: building one", unit="µs", pattern=r"build ApiClient, Unix socket\s+([\d.]+) µs"
            ),
            _reading(
                "get",
                "ApiClient: GET over a Unix socket",
                unit="µs",
                pattern=r"GET, ApiClient, Unix socket\s+([\d.]+) µs",
            ),
        ),
        quick=("--gets", "300"),
    ),
    Program(
        "pages",
        "pages/speed.py",
        (
            _reading(
                "empty",
                "Page function: rerun of an empty page, to the plain script",
                unit="ratio",
                pattern=r"empty page\s+page function.*?ratio ([\d.]+)",
            ),
            _reading(
                "processor",
                "the same, by processor time",
                unit="ratio",
                pattern=r"empty page\s+page function.*processor.*ratio ([\d.]+)",
            ),
            _reading(
                "get",
                "GET from a page to its own API",
                unit="ms",
                pattern=r"GET from a page\s+client\.get\s+median\s+([\d.]+) ms",
            ),
        ),
        quick=("--reruns", "200", "--only-empty"),
    ),
    Program(
        "testing",
        "testing/speed.py",
        (
            _reading(
                "render",
                "A page in a test, with a call of the API",
                unit="ms",
                pattern=r"client\.page\(.*?\s([\d.]+) ms",
            ),
            _reading("plugin", "pytest, longer with the plugin by", unit="ms", pattern=r"the plugin\s+(-?[\d.]+) ms"),
        ),
        quick=("--renders", "20", "--runs", "5"),
    ),
    Program(
        "observability",
        "observability/speed.py",
        (
            _reading(
                "cost",
                "Access log and metrics cost of the API's throughput",
                unit="%",
                pattern=r"metrics together cost (-?[\d.]+)% of the throughput",
            ),
        ),
        ("--seconds", "1", "--rounds", "3", "--fresh", "2"),
        # The target is read off the API requests of the contestant that is watched.
        None,
    ),
    Program(
        "sessions",
        "sessions/speed.py",
        (
            _reading(
                "changed",
                "Rerun with SQLite, session changed, longer by",
                unit="ms",
                pattern=r"rerun with SQLite\s+changed .*more\s+(-?[\d.]+) ms",
            ),
            _reading(
                "model",
                "Rerun with SQLite, session's model changed, longer by",
                unit="ms",
                pattern=r"rerun with SQLite\s+model .*more\s+(-?[\d.]+) ms",
            ),
        ),
        quick=("--reruns", "100", "--pages-only"),
    ),
)


def own_programs(effort: Effort) -> list[Work]:
    """One work for each program that is there."""
    if effort.rounds == 1:
        return []
    return [
        Work(
            name=program.name,
            figures=tuple(reading.figure for reading in program.readings),
            entrants=(CHECKOUT,),
            turns=1,
            measure=partial(_run, program=program, arguments=arguments),
        )
        for program in PROGRAMS
        if (arguments := program.whole if effort.everything else program.quick) is not None
    ]


def _run(_field: Field, _name: str, *, program: Program, arguments: Sequence[str]) -> Figures:
    command = [sys.executable, str(FOLDER / program.file), *arguments]
    # A program that misses its target says so with its exit code, and its figures are as good.
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            output, errors = process.communicate(timeout=_SECONDS)
        finally:
            _end(process)
    return read(program, output, errors)


def _end(process: subprocess.Popen[str]) -> None:
    """Interrupt a program that still runs, so that it stops its servers; end what is left of them."""
    if process.poll() is None:
        started = psutil.Process(process.pid)
        everything = [started, *started.children(recursive=True)]
        process.send_signal(signal.SIGINT)
        psutil.wait_procs([started], timeout=_STOP_SECONDS)
        _, alive = psutil.wait_procs(everything, timeout=1)
        for each in alive:
            with contextlib.suppress(psutil.Error):
                each.kill()


def read(program: Program, output: str, errors: str = "") -> Figures:
    """Find the figures in what a program printed.

    Raises:
        ProgramError: None of them is there.
    """
    figures: Figures = {}
    for reading in program.readings:
        if found := re.search(reading.pattern, output):
            figures[reading.figure.key] = float(found[1])
    if not figures:
        raise ProgramError(f"{program.file} printed none of its figures: {errors[-200:] or output[-200:]!r}")
    return figures
