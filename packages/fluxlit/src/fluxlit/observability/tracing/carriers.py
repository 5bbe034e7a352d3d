"""W3C trace context in ASGI headers: read from a request, written into the one that goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opentelemetry import propagate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opentelemetry.context import Context

    Pairs = list[tuple[bytes, bytes]]

__all__ = ("context_of", "with_context")

_CONTEXT = frozenset({b"traceparent", b"tracestate", b"baggage"})


def context_of(headers: Iterable[tuple[bytes, bytes]], *, baggage: bool) -> Context:
    """The context that a request's headers carry; baggage only if it is to be believed."""
    carrier = {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in headers
        if name in _CONTEXT and (baggage or name != b"baggage")
    }
    return propagate.extract(carrier)


def with_context(headers: Pairs, context: Context) -> Pairs:
    """Headers that carry `context` and no other."""
    carrier: dict[str, Any] = {}
    propagate.inject(carrier, context)
    own = [(name.lower().encode("latin-1"), str(value).encode("latin-1")) for name, value in carrier.items()]
    return [pair for pair in headers if pair[0] not in _CONTEXT] + own
