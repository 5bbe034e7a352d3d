"""How the command speaks: plain text on standard output, problems on standard error, colours only on a terminal."""

import os
import sys
from typing import TextIO

__all__ = ("complain", "remark", "say", "styled")

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


def styled(text: str, *styles: str, stream: TextIO | None = None) -> str:
    """``text`` in colour where ``stream`` is a terminal and ``NO_COLOR`` is not set (https://no-color.org)."""
    where = stream or sys.stdout
    if os.environ.get("NO_COLOR") or not where.isatty() or os.environ.get("TERM") == "dumb":
        return text
    return f"\x1b[{';'.join(_CODES[style] for style in styles)}m{text}\x1b[0m"


def say(text: str = "") -> None:
    """Write a line to standard output at once, so that whoever reads it through a pipe is not kept waiting."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """Write a problem to standard error."""
    sys.stderr.write(f"{styled('fluxlit:', 'red', 'bold', stream=sys.stderr)} {text}\n")
    sys.stderr.flush()


def remark(text: str) -> None:
    """Write something worth knowing, that is no problem, to standard error."""
    sys.stderr.write(f"[fluxlit] {text}\n")
    sys.stderr.flush()
