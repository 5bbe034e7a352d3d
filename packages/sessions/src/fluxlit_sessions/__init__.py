"""Session stores with one atomic interface: memory, SQLite, Redis; and sessions kept in a URL.

`RedisSessionStore` is imported when it is first asked for, because redis-py is an extra and slow to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxlit_sessions.browser.layer import BrowserSessions
from fluxlit_sessions.browser.options import BrowserSessionOptions
from fluxlit_sessions.encryption import SessionEncryption
from fluxlit_sessions.errors import (
    InvalidSessionIdError,
    MissingExtraError,
    SessionError,
    SessionGoneError,
    SessionTooLargeError,
    StoreClosedError,
    StoreUnavailableError,
    StoreUrlError,
    UnreadableSessionError,
    UnsupportedValueError,
)
from fluxlit_sessions.identifiers import new_session_id
from fluxlit_sessions.protocols import AsyncSessionStore, AtomicSessionStore, SessionStore, StoredSession
from fluxlit_sessions.server_sessions.options import SessionOptions
from fluxlit_sessions.server_sessions.session import Session
from fluxlit_sessions.server_sessions.sessions import Sessions
from fluxlit_sessions.stores.deferred import DeferredSessionStore
from fluxlit_sessions.stores.memory import InMemorySessionStore
from fluxlit_sessions.stores.opening import open_store
from fluxlit_sessions.stores.sqlite import SQLiteSessionStore
from fluxlit_sessions.url_sessions.ensure import ensure_url_session
from fluxlit_sessions.url_sessions.hydrate import hydrate_url_session, hydrate_url_session_typed
from fluxlit_sessions.url_sessions.persist import persist_url_session
from fluxlit_sessions.values.reading import read_as
from fluxlit_sessions.widget_values import restored_widget_values, storable_widget_values

if TYPE_CHECKING:
    from fluxlit_sessions.stores.redis import RedisSessionStore

__all__ = (
    "AsyncSessionStore",
    "AtomicSessionStore",
    "BrowserSessionOptions",
    "BrowserSessions",
    "DeferredSessionStore",
    "InMemorySessionStore",
    "InvalidSessionIdError",
    "MissingExtraError",
    "RedisSessionStore",
    "SQLiteSessionStore",
    "Session",
    "SessionEncryption",
    "SessionError",
    "SessionGoneError",
    "SessionOptions",
    "SessionStore",
    "SessionTooLargeError",
    "Sessions",
    "StoreClosedError",
    "StoreUnavailableError",
    "StoreUrlError",
    "StoredSession",
    "UnreadableSessionError",
    "UnsupportedValueError",
    "ensure_url_session",
    "hydrate_url_session",
    "hydrate_url_session_typed",
    "new_session_id",
    "open_store",
    "persist_url_session",
    "read_as",
    "restored_widget_values",
    "storable_widget_values",
)


def __getattr__(name: str) -> Any:
    if name == "RedisSessionStore":
        from fluxlit_sessions.stores.redis import RedisSessionStore  # noqa: PLC0415 - see above

        return RedisSessionStore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
