"""``python -m benchmarks compare``: run the comparison, or go on with one that was interrupted, and write the page.

Samples are kept under ``.cache/benchmarks/``; a complete run is published and the next one begins anew.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.comparison.contestants.asset_cache import fill_asset_cache
from benchmarks.comparison.contestants.environment import CACHE
from benchmarks.comparison.contestants.lineup import BY_NAME
from benchmarks.comparison.effort import EFFORTS, Effort
from benchmarks.comparison.field import Field
from benchmarks.comparison.forecast import Forecast
from benchmarks.comparison.machine import this_machine
from benchmarks.comparison.progress import progress_bar
from benchmarks.comparison.report.page import FOLDER, write_page
from benchmarks.comparison.report.results import published_results, results_of
from benchmarks.comparison.report.terminal import show, show_timings
from benchmarks.comparison.samples import SampleFile
from benchmarks.comparison.schedule import play, turns
from benchmarks.comparison.work import everything
from benchmarks.comparison.work.own_programs import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from benchmarks.comparison.measured import Work
    from benchmarks.comparison.schedule import Turn


@dataclass(frozen=True)
class Wish:
    """What the command line asks for."""

    effort: Effort
    works: list[Work]
    contestants: list[str]
    again: list[str]
    fresh: bool
    write: bool
    page_only: bool
    timings: bool
    partial: bool
    folder: Path | None

    @property
    def samples(self) -> Path:
        """Where the samples are kept; a part of the work neither uses nor touches those of a whole run."""
        return (self.folder or CACHE / "runs") / f"{self.effort.name}{'-part' if self.partial else ''}.jsonl"

    @property
    def page(self) -> Path:
        """Where the page is written."""
        return self.folder or FOLDER


def compare(arguments: Sequence[str]) -> int:
    """Do as the command line says; the exit code."""
    wish = _wish(arguments)
    if wish.page_only:
        print(_page_anew(wish))
        return 0
    machine = this_machine("make bench-quick" if wish.effort.name == "quick" else "make bench")
    file = SampleFile(wish.samples, machine.commit)
    plan = list(turns(wish.works, wish.contestants))
    _prepare_samples(file, plan, wish)
    _prepare_contestants(wish)
    with _stopping_on_signals(), Field() as field, progress_bar(_forecast(plan, file, wish)) as tell:
        play(plan, field, file, tell=tell)
    results = results_of(wish.effort.name, machine, works=wish.works, samples=file.samples)
    show(wish.works, results.table)
    if wish.timings:
        show_timings(file.samples)
    if wish.write:
        print(f"written: {write_page(wish.works, results, wish.page)}")
    return 0


def _page_anew(wish: Wish) -> Path:
    """Write the page of the figures that are published; without figures where there are none."""
    published = published_results(wish.page)
    if published is None:
        return write_page(wish.works, None, wish.page)
    works = everything(EFFORTS[published.effort])
    results = results_of(published.effort, published.machine, works=works, samples=published.samples)
    return write_page(works, results, wish.page)


def _wish(arguments: Sequence[str]) -> Wish:
    parser = argparse.ArgumentParser(prog="python -m benchmarks compare", description=__doc__)
    parser.add_argument("--effort", choices=EFFORTS, default="full", help="how much to do (default: full)")
    parser.add_argument(
        "--quick", action="store_const", const="quick", dest="effort", help="the same as --effort quick"
    )
    parser.add_argument("--works", default="", help="only works whose names begin so, comma-separated")
    parser.add_argument("--contestants", default="", help=f"only these, comma-separated: {', '.join(BY_NAME)}")
    parser.add_argument("--again", default="", help="take the turns of these contestants again, and no others'")
    parser.add_argument("--fresh", action="store_true", help="begin anew, whatever is left of an interrupted run")
    parser.add_argument("--no-write", action="store_true", help="leave docs/performance as it is")
    parser.add_argument("--folder", type=Path, help="keep samples and write the page there instead, even of a part")
    parser.add_argument("--page-only", action="store_true", help="write the page of the published figures anew")
    parser.add_argument("--timings", action="store_true", help="say at the end where the time went")
    asked = parser.parse_args(arguments)
    effort = EFFORTS[asked.effort]
    prefixes = tuple(prefix for prefix in str(asked.works).split(",") if prefix)
    works = [work for work in everything(effort) if not prefixes or work.name.startswith(prefixes)]
    contestants = [name for name in asked.contestants.split(",") if name] or [*BY_NAME, CHECKOUT]
    again = [name for name in asked.again.split(",") if name]
    for name in (*contestants, *again):
        if name not in {*BY_NAME, CHECKOUT}:
            parser.error(f"no such contestant: {name!r}; there are {', '.join((*BY_NAME, CHECKOUT))}")
    if not works:
        parser.error(f"no work begins with {asked.works!r}")
    partial = bool(prefixes or asked.contestants)
    return Wish(
        effort,
        works,
        contestants,
        again,
        fresh=asked.fresh or partial,
        write=not (asked.no_write or (partial and asked.folder is None)),
        page_only=asked.page_only,
        timings=asked.timings,
        partial=partial,
        folder=asked.folder,
    )


def _prepare_contestants(wish: Wish) -> None:
    """Make environments and caches before the clock starts: it takes minutes in a fresh checkout, and then nothing."""
    for name in wish.contestants:
        if name in BY_NAME:
            print(f"preparing {name}", file=sys.stderr)
            BY_NAME[name].prepare()
    fill_asset_cache()


def _prepare_samples(file: SampleFile, plan: Sequence[Turn], wish: Wish) -> None:
    """Begin anew when asked to, or when what is there is a complete run or of another commit."""
    done = sum(file.has(turn.work.name, turn.contestant, turn.number) for turn in plan)
    for name in wish.again:
        file.forget(name)
    if wish.fresh or ((done == len(plan) or file.is_of_another_commit) and not wish.again):
        file.begin_anew()
    elif done and not wish.again:
        print(f"going on: {done} of {len(plan)} turns were taken already (--fresh begins anew)", file=sys.stderr)


def _forecast(plan: Sequence[Turn], file: SampleFile, wish: Wish) -> Forecast:
    taken = [place for place, turn in enumerate(plan) if file.has(turn.work.name, turn.contestant, turn.number)]
    published = published_results(wish.page)
    former = SampleFile(wish.samples.with_suffix(".earlier")).samples
    return Forecast(plan, [*(published.samples if published else ()), *former, *file.samples], taken)


@contextlib.contextmanager
def _stopping_on_signals() -> Generator[None]:
    """Turn SIGTERM and SIGHUP into an exit that stops what was started, as Ctrl-C does."""

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
