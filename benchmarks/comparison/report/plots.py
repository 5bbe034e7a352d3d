"""The plots: bars of each contestant's ratio to the base, one plot for each group of figures, as SVG.

The files are the same for the same figures (no date, no random ids), so that a new run shows in a diff what changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from benchmarks.comparison.report.numbers import number
from benchmarks.comparison.report.table import columns
from matplotlib.figure import Figure as Drawing

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.comparison.report.table import Grid

_OURS, _PEERS = "#2a6fdb", "#9aa5b1"
_BAR_INCHES = 0.27
_WIDTH_INCHES = 8.0


@dataclass(frozen=True)
class Plot:
    """One picture: a panel of bars for each figure.

    Attributes:
        name: Of the file, without its ending.
        title: Above it.
        panels: Figures (``work/key``) and what stands above each.
    """

    name: str
    title: str
    panels: tuple[tuple[str, str], ...]


PLOTS = (
    Plot(
        "routes",
        "API requests per second (more is better)",
        (("api-async-16/rate", "async route, 16 connections"), ("api-sync-16/rate", "sync route, 16 connections")),
    ),
    Plot(
        "reruns",
        "Latency of a rerun in milliseconds (less is better)",
        (
            ("page-simple/rerun", "title, table, button"),
            ("page-form/rerun", "form with 20 widgets"),
            ("page-calls/rerun", "three API calls"),
        ),
    ),
    Plot(
        "crowds",
        "Reruns per second (more is better)",
        (("crowd-simple-1/rate", "1 session"), ("crowd-simple-20/rate", "20"), ("crowd-simple-100/rate", "100")),
    ),
    Plot(
        "first-view",
        "First view in Chromium (less is better)",
        (
            ("first-view/bytes", "MB over the wire"),
            ("first-view/time", "seconds, loopback"),
            ("first-view/office", "seconds, 10 Mbit/s and 40 ms"),
        ),
    ),
    Plot(
        "start",
        "Starting, and memory (less is better)",
        (
            ("start/until_shown", "seconds until the first visitor is served"),
            ("start/first_visitor", "the first visitor's wait, ms"),
            ("crowd-simple-100/memory", "MiB with 100 sessions"),
        ),
    ),
)


def draw(table: Grid, folder: Path) -> list[tuple[Plot, Path]]:
    """Write an SVG for each plot of which at least one figure was measured; gives them with their files."""
    drawn: list[tuple[Plot, Path]] = []
    # Its own types leave most arguments unknown.
    library: Any = mpl
    with library.rc_context({"svg.hashsalt": "benchmarks", "svg.fonttype": "none", "font.size": 9}):
        for plot in PLOTS:
            panels = [(figure, title) for figure, title in plot.panels if _bars(table, figure)]
            if panels:
                path = folder / f"{plot.name}.svg"
                _draw_one(plot, panels, table).savefig(path, format="svg", metadata={"Date": None})
                drawn.append((plot, path))
    return drawn


def _bars(table: Grid, figure: str) -> list[tuple[str, str, float]]:
    of = table.get(figure, {})
    named = [(name, title, of[name].median) for name, title in columns(table) if name in of]
    return [(name, title, median) for name, title, median in named if median is not None]


def _draw_one(plot: Plot, panels: list[tuple[str, str]], table: Grid) -> Any:
    counts = [len(_bars(table, figure)) for figure, _ in panels]
    height = sum(counts) * _BAR_INCHES + len(panels) * 0.45 + 0.5
    drawing: Any = Drawing(figsize=(_WIDTH_INCHES, height), layout="constrained")
    drawing.suptitle(plot.title)
    axes = drawing.subplots(len(panels), 1, squeeze=False, height_ratios=counts)
    for place, (figure, title) in zip(axes[:, 0], panels, strict=True):
        bars = _bars(table, figure)[::-1]
        colours = [_OURS if name.startswith("fluxlit-") and name != "fluxlit-0.13.2" else _PEERS for name, _, _ in bars]
        drawn = place.barh([label for _, label, _ in bars], [value for _, _, value in bars], color=colours)
        place.bar_label(drawn, labels=[number(value) for _, _, value in bars], padding=3)
        place.set_title(title, loc="left", fontsize=9)
        place.set_xticks([])
        place.margins(x=0.12)
        place.spines[["top", "right", "bottom"]].set_visible(False)
    return drawing
