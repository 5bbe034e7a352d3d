"""Plain JSON in memory: what `json.loads` gives, and nothing else. Copied, compared and remembered, fast.

Each run of a page does all three with the whole session, so they look at exact types and build no paths.
"""

from __future__ import annotations

import marshal
import math
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("JsonSnapshot", "JsonValue", "NotPlainError", "are_same", "plain_copy")

JsonValue: TypeAlias = "dict[str, JsonValue] | list[JsonValue] | str | int | float | bool | None"
"""Any plain JSON."""

_JsonT = TypeVar("_JsonT")

# As `type`, whose result for an untyped value type checkers do not know.
_type_of: Callable[[object], type[object]] = type

_ATOMS: Final = frozenset({str, int, bool, type(None)})
_STRINGS_ALONE: Final = frozenset({str})

# Without references to objects seen before: those depend on who else holds an object, and equal values
# would not give equal bytes. https://docs.python.org/3/library/marshal.html#marshal.version
_MARSHAL_VERSION: Final = 2


class NotPlainError(Exception):
    """A value is something else than plain JSON; it may still become JSON."""


def plain_copy(value: _JsonT, *, levels: int) -> _JsonT:
    """A copy that shares no dict and no list with plain JSON.

    Args:
        value: Dicts with string keys, lists, strings, finite numbers, booleans, `None`; of these types exactly.
        levels: How deep it may be nested.

    Raises:
        NotPlainError: It is anything else.
    """
    return cast("_JsonT", _copied(value, levels))


def are_same(one: object, other: object) -> bool:
    """Whether two plain JSON values are written the same; `1`, `1.0` and `true` are not, though equal in Python."""
    # Python's own comparison is the faster one, and what differs there is nothing alike.
    return one is other or (one == other and _are_of_the_same_types(one, other))


class JsonSnapshot:
    """Remembers plain JSON as it is now, however it is changed in place afterwards.

    Bytes of `marshal` in memory: five times as fast as a copy, and compared at once. They are stored nowhere.
    """

    def __init__(self, value: dict[str, JsonValue]) -> None:
        self._bytes = marshal.dumps(value, _MARSHAL_VERSION)

    def is_certainly(self, value: dict[str, Any]) -> bool:
        """Whether a value is exactly what was remembered; `False` also where it was only written in another order."""
        try:
            return marshal.dumps(value, _MARSHAL_VERSION) == self._bytes
        except ValueError:  # something that marshal does not know, so it was not here before
            return False

    def value(self) -> dict[str, Any]:
        """What was remembered, anew each time."""
        return marshal.loads(self._bytes)  # noqa: S302 - our own bytes, which have never left this process


def _copied(value: Any, levels: int) -> Any:
    kind = _type_of(value)
    if kind in _ATOMS:
        return value
    if kind is float and math.isfinite(value):
        return value
    if levels < 0:
        raise NotPlainError
    if kind is dict:
        if not _STRINGS_ALONE.issuperset(map(type, value)):
            raise NotPlainError
        return {key: item if type(item) in _ATOMS else _copied(item, levels - 1) for key, item in value.items()}
    if kind is list:
        return [item if type(item) in _ATOMS else _copied(item, levels - 1) for item in value]
    raise NotPlainError


def _are_of_the_same_types(one: Any, other: Any) -> bool:
    """Whether equal values are written the same as well."""
    kind = _type_of(one)
    if kind is not type(other):
        return False
    if kind is dict:
        return all(_are_of_the_same_types(value, other[key]) for key, value in one.items())
    if kind is list:
        return all(map(_are_of_the_same_types, one, other))
    return kind is not float or repr(one) == repr(other)  # 0.0 and -0.0
