"""``docs/performance/index.md``: the page that is written from a run's results, or that says that there is none yet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.comparison.contestants.environment import ROOT
from benchmarks.comparison.contestants.lineup import CONTESTANTS, VARIANTS
from benchmarks.comparison.report.plots import draw
from benchmarks.comparison.report.table import Row, columns, failures, own_rows, rows, target_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.comparison.measured import Work
    from benchmarks.comparison.report.plots import Plot
    from benchmarks.comparison.report.results import Results

FOLDER = ROOT / "docs" / "performance"
_METHOD = Path(__file__).with_name("method.md")
_HEAD = (
    "<!-- Written by `python -m benchmarks compare`; the method's text is benchmarks/comparison/report/method.md. -->"
)

_LEGEND = (
    "Medians; ± is half the distance from the lowest to the highest turn; without it, one turn was taken; "
    "2.00x is twice the figure of the contestant that has no such ratio, the median of the ratios turn by turn."
)


def write_page(works: Sequence[Work], results: Results | None, folder: Path = FOLDER) -> Path:
    """Write the page, its plots and ``results.json`` into `folder`; gives the page's path.

    Args:
        works: What was measured.
        results: Of a run; None writes the method alone.
        folder: Made when it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = [_HEAD, "# Performance", _introduction(results)]
    if results is not None:
        (folder / "results.json").write_text(results.model_dump_json(indent=1) + "\n", "utf-8")
        parts += [*_targets(results), *_pictures(draw(results.table, folder)), *_tables(works, results)]
    parts += [_METHOD.read_text("utf-8").strip(), _contestants()]
    if results is not None:
        parts.append(_where(results))
    page = folder / "index.md"
    page.write_text("\n\n".join(parts) + "\n", "utf-8")
    return page


def _introduction(results: Results | None) -> str:
    if results is None:
        return "No run has been published yet. `make bench-quick` makes one in a few minutes and rewrites this page."
    machine = results.machine
    return (
        f"Measured on {machine.date[:10]} with `{machine.command}` on {machine.cores} cores "
        f"({machine.processor}), FluxLit at commit `{machine.commit}`. Figures of another machine differ; "
        "the ratios are what to look at."
    )


def _targets(results: Results) -> list[str]:
    body = target_rows(results.table)
    missed = sum(row.cells[-1] == "missed" for row in body)
    absent = sum(row.cells[-1] == "not measured" for row in body)
    said = (
        f"{len(body)} targets: {len(body) - missed - absent} met, {missed} missed, {absent} not measured in this run."
    )
    marked = [
        Row(row.title, (*row.cells[:-1], f"**{row.cells[-1]}**" if row.cells[-1] == "missed" else row.cells[-1]))
        for row in body
    ]
    return ["## Targets", said, markdown(["", "bound", "measured", ""], marked)]


def _pictures(drawn: Sequence[tuple[Plot, Path]]) -> list[str]:
    return ["## At a glance", *(f"![{plot.title}]({path.name})" for plot, path in drawn)] if drawn else []


def _tables(works: Sequence[Work], results: Results) -> list[str]:
    titles = [title for _, title in columns(results.table)]
    parts = [
        "## All figures",
        _LEGEND,
        markdown(["", *titles], rows(works, results.table)),
    ]
    own = own_rows(works, results.table)
    if own:
        parts += ["### Of single packages", markdown(["", "median"], own)]
    reasons = failures(results.table)
    if reasons:
        parts += ["### What failed", "\n".join(f"- {_escaped(reason)}" for reason in reasons)]
    return parts


def _contestants() -> str:
    lines = (f"- **{each.title}** (`{each.name}`)" for each in CONTESTANTS)
    variants = (
        f"- **{each.title}** (`{each.name}`): only for the target of logs and metrics, beside the same without them"
        for each in VARIANTS
    )
    return "\n".join(["## Contestants", "", *lines, *variants])


def _where(results: Results) -> str:
    machine = results.machine
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    return "\n".join(
        [
            "## Machine",
            "",
            f"- {machine.processor}, {machine.cores} cores, {machine.memory_gib:g} GiB, {machine.system}",
            f"- Python {machine.python}, {versions}",
            f"- Load average when it began: {machine.load:g}; {machine.date} (UTC)",
            "- Each turn as it was taken: [results.json](results.json)",
        ]
    )


def markdown(heads: Sequence[str], body: Sequence[Row]) -> str:
    """A Markdown table."""
    lines = [list(heads), ["---", *("---:" for _ in heads[1:])], *([row.title, *row.cells] for row in body)]
    return "\n".join("| " + " | ".join(_escaped(cell) for cell in line) + " |" for line in lines)


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|").replace("<", "&lt;")
