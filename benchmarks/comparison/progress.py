"""The bar that is shown while a run goes on."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from benchmarks.comparison.schedule import Turn


@contextlib.contextmanager
def progress_bar(total: int) -> Generator[Callable[[Turn], None]]:
    """Show a bar of `total` turns; gives what to call with each turn as it begins.

    Where the output is no terminal, a line is printed for each work instead.
    """
    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    said: set[str] = set()
    with Progress(*columns, TextColumn("{task.description}"), console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total, completed=-1)

        def tell(turn: Turn) -> None:
            bar.update(task, advance=1, description=f"{turn.work.name}: {turn.contestant}")
            if not console.is_terminal and turn.work.name not in said:
                said.add(turn.work.name)
                console.print(turn.work.name, highlight=False)

        yield tell
        bar.update(task, completed=total, description="done")
