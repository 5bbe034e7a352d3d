"""The rows of `docs/performance` that compare FluxLit with `st.App`, for the page that says which of the two to take.

Taken from the written page at each build, so that the figures are those of the last run whatever it found.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ("excerpt",)

COLUMNS = {
    "streamlit.starlette.App mounted in FastAPI": "`st.App` mounted",
    "FluxLit, 1 sidecar": "FluxLit, one sidecar",
    "FluxLit, native": "FluxLit, native",
}
ROWS = {
    "Rerun: title, table, button": "a rerun of a title, a table and a button",
    "Rerun: 200 ms of computing": "a rerun that computes for 200 ms",
    "First visitor of a fresh server": "the first visitor of a fresh server",
    "Reruns per second, 20 sessions: title, table, button": "reruns per second of 20 sessions",
    "API, async route, 16 connections": "API, 16 connections",
    "Small GET that Streamlit answers, 16 connections": "a small GET that Streamlit answers, 16 connections",
    "Upload to a page": "an upload to a page",
    "Start to ready": "start until ready",
    "Memory after the first visitor": "memory after the first visitor",
}


def excerpt(root: Path) -> str:
    """A table in Markdown; rows that the page does not have are left out."""
    lines = (root / "docs" / "performance" / "index.md").read_text("utf-8").splitlines()
    head = next(_cells(line) for line in lines if "FluxLit, native |" in line)
    table = [f"| | {' | '.join(COLUMNS.values())} |", "|---|---:|---:|---:|"]
    for line in lines:
        name, _, unit = (_cells(line) or [""])[0].rpartition(", ")
        if name in ROWS and len(_cells(line)) == len(head):
            row = dict(zip(head, _cells(line), strict=True))
            figures = [f"{_figure(row[column])} {unit}" if row[column] else "-" for column in COLUMNS]
            table.append(f"| {ROWS[name]} | {' | '.join(figures)} |")
    return "\n".join([*table, ""])


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []


def _figure(cell: str) -> str:
    """Without the spread and the ratio."""
    return re.split(r" ±| [\d.]+x", cell)[0]
