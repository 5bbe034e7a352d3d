"""Remembers which of a page's values were dates and the like, so that widgets get back what they gave.

`st.date_input` gives a date and takes a date. JSON has none, so the names of such types are kept beside the values,
under a key that no page can use. This goes for values at the top level, alone or in a tuple (a range of dates, of
numbers); what is deeper comes back as plain JSON, or with its types through `hydrate_url_session_typed`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from pydantic import TypeAdapter, ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("TYPES_KEY", "restored_values", "type_names")

TYPES_KEY = "__types__"

_TYPES: dict[str, type] = {
    kind.__name__: kind for kind in (dt.datetime, dt.date, dt.time, dt.timedelta, Decimal, uuid.UUID)
}


def type_names(values: Mapping[str, Any]) -> dict[str, str]:
    """The types of those values that JSON cannot tell: `{"day": "date", "range": "tuple[date]"}`."""
    return {key: name for key, value in values.items() if (name := _name(value))}


def restored_values(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The page's values as they were, out of what is stored."""
    names = stored.get(TYPES_KEY)
    known = cast("dict[str, object]", names) if isinstance(names, dict) else {}
    return {key: _restore(value, str(known.get(key, ""))) for key, value in stored.items() if not key.startswith("__")}


def _name(value: object) -> str:
    if isinstance(value, tuple):
        items = {_name(item) for item in cast("tuple[object, ...]", value)}
        inner = items.pop() if len(items) == 1 else ""
        return f"tuple[{inner}]" if inner in _TYPES else "tuple"
    name = type(value).__name__
    return name if _TYPES.get(name) is type(value) else ""


def _restore(value: object, name: str) -> Any:
    if name.startswith("tuple") and isinstance(value, list):
        inner = name.removeprefix("tuple").strip("[]")
        return tuple(_restore(item, inner) for item in cast("list[object]", value))
    if name not in _TYPES:
        return cast("Any", value)
    try:
        return _adapter(name).validate_python(value)
    except ValidationError:  # written by something else
        return cast("Any", value)


@lru_cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(_TYPES[name])
