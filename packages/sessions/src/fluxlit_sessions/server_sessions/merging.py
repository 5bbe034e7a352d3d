"""Merges what two writers made of the same session: field by field, the later one wins where both changed a field.

A field is a value in a dict, at any depth; a list is one value. So two tabs that change different filters both keep
theirs, and two that append to the same list do not: the list of the one that saves last stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from fluxlit_sessions.values.plain_json import are_same

if TYPE_CHECKING:
    from fluxlit_sessions.values.plain_json import JsonValue

__all__ = ("merge_fields",)


class _Missing:
    """Stands for a field that is not there, which `None` cannot."""


_MISSING = _Missing()


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
