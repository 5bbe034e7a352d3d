"""Who watches the calls of this process's clients: tracing sets one observer, by default there is none.

Lifecycle: `observe_calls` sets the observer for the process; each call of each client enters it once, retries included.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ("CallObserver", "ObservedCall", "call_observed", "observe_calls")


@dataclass(slots=True)
class ObservedCall:
    """One call, as an observer sees it."""

    method: str
    url: str
    headers: MutableMapping[str, str]
    """Of the request; the observer may add some."""
    status: int = 0
    """Of the answer, once there is one."""


CallObserver: TypeAlias = Callable[[ObservedCall], AbstractContextManager[object]]

_NOBODY: AbstractContextManager[object] = nullcontext()
_observer: list[CallObserver] = []


def observe_calls(observer: CallObserver | None) -> None:
    """Call `observer` around each call from now on; `None` for nobody."""
    _observer[:] = [] if observer is None else [observer]


def call_observed(call: ObservedCall) -> AbstractContextManager[object]:
    """What to enter around a call."""
    return _observer[0](call) if _observer else _NOBODY
