"""Draws sequence diagrams: a text with one step a line becomes an SVG image, without any program or script in the page.

The text:

    participants: browser | gateway | sidecar
    == the page ==
    browser -> gateway: GET /reports
    gateway: checks Host and Origin
    gateway --> browser: 200

`->` asks, `-->` answers, a name with a colon alone is what that participant does by itself, `==` begins a part.
Colours are those of the page around it (`currentColor`), so that it is legible on light and on dark pages.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ("SequenceError", "Step", "parse_sequence", "sequence_svg")

STEP = re.compile(r"(?P<source>[^:]+?)\s+(?P<arrow>-->|->)\s+(?P<target>[^:]+?):\s*(?P<text>.+)")
WIDTH = 740
CHARACTER = 6.4
LINE = 16
GAP = 14
HEAD = 46


class SequenceError(ValueError):
    """A line of a sequence that means nothing."""


@dataclass(frozen=True)
class Step:
    """One line of the text: a message, a note (no target), or a heading (no source either)."""

    text: str
    source: str = ""
    target: str = ""
    is_answer: bool = False


def parse_sequence(text: str) -> tuple[tuple[str, ...], list[Step]]:
    """The participants from left to right, and the steps from top to bottom.

    Raises:
        SequenceError: A line is no step, or names somebody who is no participant; the message has its number.
    """
    participants: tuple[str, ...] = ()
    steps: list[Step] = []
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("participants:"):
            participants = tuple(name.strip() for name in line.partition(":")[2].split("|"))
            continue
        step = _step(line)
        if step is None or not {step.source, step.target} - {""} <= set(participants):
            raise SequenceError(f"line {number}: {line!r} is no step between {', '.join(participants) or 'anybody'}")
        steps.append(step)
    return participants, steps


def _step(line: str) -> Step | None:
    if line.startswith("=="):
        return Step(line.strip("= "))
    if match := STEP.fullmatch(line):
        return Step(match["text"], match["source"], match["target"], is_answer=match["arrow"] == "-->")
    name, colon, text = line.partition(":")
    return Step(text.strip(), name.strip()) if colon else None


def sequence_svg(text: str, *, label: str) -> str:
    """The diagram as an `<svg>` element.

    Args:
        text: The sequence; see the module.
        label: What a screen reader says instead of it.
    """
    participants, steps = parse_sequence(text)
    column = WIDTH / len(participants)
    places = {name: column * (index + 0.5) for index, name in enumerate(participants)}
    drawn: list[str] = []
    y = float(HEAD + GAP)
    for step in steps:
        parts, y = _draw(step, places, y)
        drawn += parts
    height = y + GAP
    lines = [
        f'<line x1="{x:.0f}" y1="{HEAD - 10}" x2="{x:.0f}" y2="{height:.0f}" class="lifeline"/>'
        for x in places.values()
    ]
    heads = [_head(name, x, column) for name, x in places.items()]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sequence" role="img" aria-label="{escape(label)}" '
        f'viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}">'
        f"{''.join([*lines, *heads, *drawn])}</svg>"
    )


def _head(name: str, x: float, column: float) -> str:
    width = column - 16
    return (
        f'<rect x="{x - width / 2:.0f}" y="4" width="{width:.0f}" height="{HEAD - 14}" rx="5" class="participant"/>'
        f'<text x="{x:.0f}" y="{HEAD - 21}" class="name">{escape(name)}</text>'
    )


def _draw(step: Step, places: dict[str, float], y: float) -> tuple[list[str], float]:
    """The step's elements, and where the next one begins."""
    if not step.source:
        line = f'<line x1="0" y1="{y + 4:.0f}" x2="{WIDTH}" y2="{y + 4:.0f}" class="part"/>'
        return [line, _text([step.text], x=6, y=y + 22, kind="heading")], y + 34
    start = places[step.source]
    if not step.target:
        room = WIDTH / len(places) - 12
        lines = _wrapped(step.text, room)
        height = LINE * len(lines) + 8
        box = f'<rect x="{start - room / 2:.0f}" y="{y:.0f}" width="{room:.0f}" height="{height}" rx="3" class="note"/>'
        return [box, _text(lines, x=start, y=y + LINE, kind="label")], y + height + GAP
    end = places[step.target]
    lines = _wrapped(step.text, abs(end - start) - 18)
    arrow_y = y + LINE * len(lines) + 4
    way = 1 if end > start else -1
    kind = "answer" if step.is_answer else "message"
    at = f'y1="{arrow_y:.0f}" y2="{arrow_y:.0f}"'
    return [
        _text(lines, x=(start + end) / 2, y=y + LINE - 4, kind="label"),
        f'<line x1="{start:.0f}" x2="{end - 7 * way:.0f}" {at} class="{kind}"/>',
        f'<path d="M{end:.0f} {arrow_y:.0f} l{-9 * way} -4.5 v9 z" class="arrowhead"/>',
    ], arrow_y + GAP


def _wrapped(text: str, room: float) -> list[str]:
    return textwrap.wrap(text, max(8, int(room / CHARACTER))) or [""]


def _text(lines: Sequence[str], *, x: float, y: float, kind: str) -> str:
    spans = "".join(
        f'<tspan x="{x:.0f}" y="{y + LINE * index:.0f}">{escape(line)}</tspan>' for index, line in enumerate(lines)
    )
    return f'<text class="{kind}">{spans}</text>'
