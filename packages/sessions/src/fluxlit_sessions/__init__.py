"""Session stores with one atomic interface: memory, SQLite, Redis; and sessions kept in a URL."""

from __future__ import annotations

from fluxlit_sessions.identifiers import new_session_id
from fluxlit_sessions.protocols import SessionStore
from fluxlit_sessions.stores.memory import InMemorySessionStore

__all__ = ("InMemorySessionStore", "SessionStore", "new_session_id")
