"""The documented module path of sessions kept in a URL; the code is `fluxlit_sessions`'s."""

from fluxlit_sessions import (
    InMemorySessionStore,
    SessionStore,
    ensure_url_session,
    hydrate_url_session,
    hydrate_url_session_typed,
    new_session_id,
    persist_url_session,
)

__all__ = (
    "InMemorySessionStore",
    "SessionStore",
    "ensure_url_session",
    "hydrate_url_session",
    "hydrate_url_session_typed",
    "new_session_id",
    "persist_url_session",
)
