"""Reports how far a transfer has come, in what ``st.progress`` takes: a fraction from 0.0 to 1.0, and a text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

__all__ = ("Progress", "ProgressMeter", "size_text")

Progress = Callable[[float, str], object]
"""Called with the fraction that is done and a text; ``st.progress(0.0).progress`` is one."""

_STEPS: Final = 100
_UNKNOWN_STEP_BYTES: Final = 1024 * 1024
_KILO: Final = 1000


class ProgressMeter:
    """Calls ``report`` at most a hundred times, or once for each mebibyte if the total is unknown.

    A total that is unknown is reported as fraction 0.0 until `finish`.
    """

    def __init__(self, report: Progress | None, *, total: int | None) -> None:
        self._report = report
        self._total = total
        self._done = 0
        self._reported_step = -1

    def advance(self, count: int) -> None:
        """Another ``count`` bytes are through."""
        self._done += count
        self._tell(final=False)

    def restart(self) -> None:
        """The transfer begins again at its first byte."""
        self._done = 0
        self._reported_step = -1

    def finish(self) -> None:
        """Everything is through."""
        self._tell(final=True)

    def _tell(self, *, final: bool) -> None:
        if self._report is None:
            return
        step = self._done * _STEPS // self._total if self._total else self._done // _UNKNOWN_STEP_BYTES
        if not final and step == self._reported_step:
            return
        self._reported_step = step
        # A server may send more than it announced; st.progress refuses more than 1.0.
        fraction = 1.0 if final else min(1.0, self._done / self._total) if self._total else 0.0
        of_total = f" of {size_text(self._total)}" if self._total else ""
        self._report(fraction, f"{size_text(self._done)}{of_total}")


def size_text(count: int) -> str:
    """A number of bytes for people, in SI units: ``532 B``, ``1.2 MB``."""
    amount = float(count)
    for unit in ("B", "kB", "MB"):
        if amount < _KILO:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= _KILO
    return f"{amount:.1f} GB"
