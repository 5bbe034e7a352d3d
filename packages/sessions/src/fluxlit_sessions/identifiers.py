"""Session ids: how they are made."""

from __future__ import annotations

import secrets

__all__ = ("new_session_id",)

# 256 bits of randomness: OWASP asks for at least 64 bits of entropy in a session id.
_ID_BYTES = 32


def new_session_id() -> str:
    """A fresh id: 32 random bytes as 43 URL-safe characters, not guessable."""
    return secrets.token_urlsafe(_ID_BYTES)
