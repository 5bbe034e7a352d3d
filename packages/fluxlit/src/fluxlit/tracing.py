"""Spans for a tracer of your own, without a dependency: a hook that is called around what FluxLit does.

The hook takes a name and attributes and returns a context manager; without a hook a span costs nothing. A hook belongs
to the context that set it (PEP 567), as one set in a request or a test. One set where no hook was before also counts
for contexts that have none: a server runs its requests in other contexts than the lifespan that set the hook.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar, Token
from dataclasses import dataclass

__all__ = ("TraceHook", "TraceHookToken", "hook_is_set", "reset_trace_hook", "set_trace_hook", "trace_span")

TraceHook = Callable[[str, Mapping[str, object]], AbstractContextManager[object]]
"""`(name, attributes) -> context manager`; what it raises passes through to the request."""

_NOTHING = contextlib.nullcontext()
_of_context: ContextVar[TraceHook | None] = ContextVar("fluxlit_trace_hook", default=None)
_of_process: list[TraceHook | None] = [None]


@dataclass(frozen=True)
class TraceHookToken:
    """Undoes one `set_trace_hook`; its fields are nobody else's business."""

    of_context: Token[TraceHook | None]
    of_process: TraceHook | None


def set_trace_hook(hook: TraceHook | None) -> TraceHookToken:
    """Use `hook` for spans from here on; `None` for none. The token undoes it: see `reset_trace_hook`."""
    before = _of_process[0]
    if _of_context.get() is None:
        _of_process[0] = hook
    return TraceHookToken(of_context=_of_context.set(hook), of_process=before)


def reset_trace_hook(token: TraceHookToken) -> None:
    """Go back to the hook before the `set_trace_hook` that returned `token`."""
    _of_context.reset(token.of_context)
    _of_process[0] = token.of_process


def hook_is_set() -> bool:
    """Whether a span would be seen by a hook here."""
    return (_of_context.get() or _of_process[0]) is not None


def trace_span(name: str, attributes: Mapping[str, object] | None = None) -> AbstractContextManager[object]:
    """Mark a `with` block as the span `name`, with `attributes`."""
    hook = _of_context.get() or _of_process[0]
    return _NOTHING if hook is None else hook(name, attributes or {})
