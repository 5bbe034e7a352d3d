"""How numbers are written: three digits that matter, thousands apart."""

from __future__ import annotations

_DIGITS = 3


def number(value: float | None) -> str:
    """`value` to three significant digits, and all digits before the point: ``0.0123``, ``4.50``, ``12,345``."""
    if value is None:
        return "-"
    if value == 0:
        return "0"
    whole = len(str(int(abs(value)))) if abs(value) >= 1 else 0
    if whole:
        return f"{value:,.{max(0, _DIGITS - whole)}f}"
    return f"{value:#.{_DIGITS}g}"


def factor(value: float | None) -> str:
    """A ratio, with the letter that says so: ``0.95x``."""
    return "" if value is None else f"{number(value)}x"
