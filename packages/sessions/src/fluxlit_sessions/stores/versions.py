"""Versions of stored sessions: never used twice, not even after a session was deleted and made anew.

A process counts on from a random number instead of asking the system for random bytes with each write: Python lets
another thread go first while it asks, in the middle of a page's run.
"""

from __future__ import annotations

import itertools
import os
import secrets

__all__ = ("VERSION_CHARACTERS", "new_version")

VERSION_CHARACTERS = 16

_BITS = 64


class _Versions:
    """Those of this process. Two processes meet only if their starts are that close and both write the same session."""

    def __init__(self) -> None:
        self._begin()
        # A forked process would otherwise go on with the same numbers.
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        # Taking the next number is atomic.
        self._numbers = itertools.count(secrets.randbits(_BITS))

    def new(self) -> str:
        """One that no write has had."""
        return f"{next(self._numbers) % 2**_BITS:0{VERSION_CHARACTERS}x}"


_versions = _Versions()


def new_version() -> str:
    """A version that no write has had before, in whichever process: 16 hexadecimal digits."""
    return _versions.new()
