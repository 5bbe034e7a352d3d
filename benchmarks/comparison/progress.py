"""The bar that is shown while a run goes on."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from benchmarks.comparison.forecast import Forecast
    from benchmarks.comparison.schedule import Turn


@contextlib.contextmanager
def progress_bar(forecast: Forecast, console: Console | None = None) -> Generator[Callable[[Turn], None]]:
    """Show how much is done and how long the rest will take; gives what to call with each turn as it begins.

    Where the output is no terminal, a line is printed for each work instead.
    """
    console = console or Console(stderr=True)
    columns = (BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    said: set[str] = set()
    begun = 0
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=forecast.total)

        def tell(turn: Turn) -> None:
            nonlocal begun
            left = _spoken(forecast.remaining(begun))
            now = f"{left}; {turn.work.name}: {turn.contestant}"
            bar.update(task, completed=forecast.done(begun), description=now, refresh=True)
            begun += 1
            if not console.is_terminal and turn.work.name not in said:
                said.add(turn.work.name)
                console.print(f"{turn.work.name} ({left})", highlight=False)

        yield tell
        bar.update(task, completed=forecast.total, description="done")


def _spoken(seconds: float) -> str:
    return f"about {seconds / 60:.0f} min left" if seconds >= 90 else f"about {seconds:.0f} s left"
