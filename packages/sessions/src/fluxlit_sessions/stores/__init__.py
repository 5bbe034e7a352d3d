"""The stores: in memory, in a SQLite file, in Redis."""

from __future__ import annotations

__all__: tuple[str, ...] = ()
