"""Replaced dependencies: one value for API and pages, until it is undone.

Lifecycle: an `Override` is in force from its making to `undo`, the end of its `with` block or the end of its client,
whichever comes first; what was there before is there again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping, Sequence
    from types import TracebackType

__all__ = ("Override",)

_NOTHING: Any = object()


class Override:
    """What a dependency is replaced by."""

    def __init__(
        self,
        places: Sequence[MutableMapping[Any, Any]],
        dependency: object,
        *,
        replacement: object,
    ) -> None:
        """Put `replacement` under `dependency` in each of the places, at once."""
        self._before = [(place, place.get(dependency, _NOTHING)) for place in places]
        self._dependency = dependency
        self._in_force = True
        for place in places:
            place[dependency] = replacement

    @classmethod
    def by_value(
        cls, places: Sequence[MutableMapping[Any, Any]], dependency: Callable[..., Any], value: object
    ) -> Self:
        """Let `dependency` give `value`."""
        return cls(places, dependency, replacement=lambda: value)

    def undo(self) -> None:
        """Restore what was there before; a second time does nothing."""
        if not self._in_force:
            return
        self._in_force = False
        for place, before in self._before:
            if before is _NOTHING:
                place.pop(self._dependency, None)
            else:
                place[self._dependency] = before

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.undo()
