"""The status again and again: redrawn in place on a terminal, one report after the other anywhere else."""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NoReturn

from rich.console import Console
from rich.live import Live
from rich.text import Text

from fluxlit_cli.console import say
from fluxlit_cli.status.report import StatusReport
from fluxlit_cli.status.text import status_text

__all__ = ("show_again_and_again",)


def show_again_and_again(look: Callable[[], StatusReport], *, interval: float, as_json: bool) -> NoReturn:
    """Show what runs until Ctrl-C, which ends the process as usual.

    Args:
        look: Finds out what runs.
        interval: Seconds between two looks.
        as_json: Whether to print one JSON object a line.
    """
    if as_json or not sys.stdout.isatty():
        while True:
            report = look()
            say(json.dumps(report.data) if as_json else status_text(report.data) + "\n")
            time.sleep(interval)
    with Live(_screen(look()), console=Console(), screen=True, auto_refresh=False) as live:
        while True:
            time.sleep(interval)
            live.update(_screen(look()), refresh=True)


def _screen(report: StatusReport) -> Text:
    at = datetime.now(tz=UTC).astimezone().strftime("%H:%M:%S")
    return Text.from_ansi(f"{status_text(report.data)}\n\n{at}  Ctrl-C ends this.")
