"""Values of a session: from Python to JSON, to bytes, and back."""

from __future__ import annotations

__all__: tuple[str, ...] = ()
