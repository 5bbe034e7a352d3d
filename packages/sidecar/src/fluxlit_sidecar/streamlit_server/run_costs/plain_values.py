"""A digest of plain Python values, by which equal ones are known again."""

from __future__ import annotations

import hashlib
import marshal
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ("MOST_BYTES", "MOST_CELLS", "digest_of")

MOST_CELLS = 5_000
"""What is spent on a table that is never seen again must stay small beside its conversion."""

MOST_BYTES = 1 << 18

# By exact type: a subclass may look different in a table, and 1, 1.0 and True do. The format of marshal tells these
# apart, and keeps the sign of zero and the order of a dictionary; in version 2 it knows nothing of identity.
_SCALARS = frozenset({str, int, float, bool, type(None)})
_FORMAT = 2
_ROWS = frozenset({list, tuple, dict})


def digest_of(data: object, most_cells: int = MOST_CELLS) -> bytes | None:
    """The digest of a table of plain values, or None for anything else.

    A table is a dict, list or tuple of dicts, lists or tuples of text, numbers, booleans and None; dicts have text for
    keys.

    Args:
        data: What may be such a table.
        most_cells: Larger ones have none.
    """
    if type(data) not in _ROWS or not data:
        return None
    table = cast("dict[object, object] | list[object] | tuple[object, ...]", data)
    rows: Iterable[object] = table
    if isinstance(table, dict):
        if not _is_text(table):
            return None
        rows = table.values()
    if not _are_plain_rows(rows, most_cells):
        return None
    written = marshal.dumps(cast("Any", table), _FORMAT)
    return None if len(written) > MOST_BYTES else hashlib.blake2b(written, digest_size=32).digest()


def _are_plain_rows(rows: Iterable[object], most_cells: int) -> bool:
    cells = 0
    for row in rows:
        if type(row) not in _ROWS:
            return False
        values = cast("list[object] | tuple[object, ...]", row)
        cells += len(values)
        if cells > most_cells:
            return False
        if isinstance(row, dict):
            columns = cast("dict[object, object]", row)
            if not _is_text(columns):
                return False
            values = list(columns.values())
        if not _SCALARS.issuperset(map(type, values)):
            return False
    return True


def _is_text(keys: Iterable[object]) -> bool:
    return all(type(key) is str for key in keys)
