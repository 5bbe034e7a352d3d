"""Merges what two writers made of the same session: field by field, the later one wins where both changed a field.

A field is a value in a dict, at any depth; a list is one value. So two tabs that change different filters both keep
theirs, and two that append to the same list do not: the list of the one that saves last stays.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from fluxlit_sessions.values.json_values import JsonValue

__all__ = ("are_same", "merge_fields")


class _Missing:
    """Stands for a field that is not there, which `None` cannot."""


_MISSING = _Missing()


def are_same(one: object, other: object) -> bool:
    """Whether two JSON values are written the same; `1`, `1.0` and `true` are not, though equal in Python."""
    return one is other or (
        not isinstance(one, _Missing)
        and not isinstance(other, _Missing)
        and json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    )


def merge_fields(
    base: dict[str, JsonValue], *, ours: dict[str, JsonValue], theirs: dict[str, JsonValue]
) -> dict[str, JsonValue]:
    """Our changes since `base` on top of theirs; a field that we deleted is gone, even if they changed it."""
    result = dict(theirs)
    for key in [*base, *(key for key in ours if key not in base)]:
        before, mine = base.get(key, _MISSING), ours.get(key, _MISSING)
        if are_same(before, mine):
            continue
        if isinstance(mine, _Missing):
            result.pop(key, None)
            continue
        other = theirs.get(key, _MISSING)
        if isinstance(mine, dict) and isinstance(other, dict):
            known = cast("dict[str, JsonValue]", before) if isinstance(before, dict) else {}
            result[key] = merge_fields(known, ours=mine, theirs=other)
        else:
            result[key] = mine
    return result
