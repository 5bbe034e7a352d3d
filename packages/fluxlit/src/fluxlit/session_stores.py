"""Which session store an application has: the one it was given, the one of its settings, or a file beside the project.

Every process of an application (gateway, workers, sidecars) comes to the same answer by itself and opens the store when
it first uses it. The gateway closes it at the end of the lifespan, a sidecar when it exits.
"""

from __future__ import annotations

import atexit
import logging
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from fluxlit.errors import ConfigurationError
from fluxlit_pages.session_use import uses_sessions
from fluxlit_sessions import (
    AtomicSessionStore,
    DeferredSessionStore,
    InMemorySessionStore,
    SessionEncryption,
    SessionError,
    SessionOptions,
    open_store,
)

if TYPE_CHECKING:
    from fluxlit.settings import FluxlitSettings
    from fluxlit_pages import PageApp
    from fluxlit_sessions import SessionStore

__all__ = ("DATA_FOLDER", "configured_store", "require_one_state", "require_usable", "session_options", "shared_store")

DATA_FOLDER = ".fluxlit"
"""In the working directory: what must survive a restart where nothing else is configured."""


_LOGGER = logging.getLogger("fluxlit.sessions")


def configured_store(settings: FluxlitSettings) -> DeferredSessionStore | None:
    """The store that the setting `session_store` names, not yet opened; `None` if it is empty."""
    url = settings.session_store.get_secret_value().strip()
    return _deferred(url, settings) if url else None


def shared_store(given: SessionStore | None, settings: FluxlitSettings) -> AtomicSessionStore:
    """The store for sessions and logins: always one, in `.fluxlit/sessions.db` where nothing is configured.

    Args:
        given: The application's `session_store`: an object of the user's, or that of the setting.
        settings: Of the application.

    Raises:
        ConfigurationError: The given store has no atomic operations.
    """
    if given is None:
        return _deferred("", settings)
    if isinstance(given, AtomicSessionStore):
        return given
    raise ConfigurationError(
        f"FluxLit(session_store={type(given).__name__}(...)) has get, set and delete alone, and sessions need atomic "
        "operations: pass a store of fluxlit_sessions, give yours the methods of AtomicSessionStore, or set "
        "FLUXLIT_SESSION_STORE"
    )


def require_usable(app: PageApp) -> None:
    """Open the store now, so that a mistake in its setting is told when the server starts.

    Raises:
        ConfigurationError: Its address cannot be understood, or its file cannot be opened. Redis is not asked.
    """
    # Without a setting there is a file only for those who need one.
    store = app.sessions.store if uses_sessions(app) else app.session_store
    if isinstance(store, DeferredSessionStore):
        try:
            store.store  # noqa: B018 - opens it
        except (SessionError, ValueError) as error:
            raise ConfigurationError(f"FLUXLIT_SESSION_STORE: {error}") from error


def require_one_state(app: PageApp, *, shares_processes: bool) -> None:
    """Refuse a store in memory for pages that run in other processes: each process would have a state of its own.

    A page that asks for a `SessionStore` alone keeps working, as it may only want to remember something for a while; a
    line in the log says what it gets.

    Args:
        app: The application.
        shares_processes: Whether pages run in sidecars.

    Raises:
        ConfigurationError: A page asks for a `Session` or a `SessionState`, or keeps widgets.
    """
    store = app.session_store
    if isinstance(store, DeferredSessionStore):
        store = store.store
    if not shares_processes or not isinstance(store, InMemorySessionStore):
        return
    remedy = (
        "Leave FLUXLIT_SESSION_STORE unset (then it is a SQLite file in .fluxlit), name a file or Redis in it, or set "
        "FLUXLIT_RUNTIME=native, which runs pages in the server's own process"
    )
    if uses_sessions(app):
        raise ConfigurationError(
            "the session store is in memory, and the application's pages run in processes of their own: server and "
            f"sidecars would each have other sessions. {remedy}."
        )
    if app.page_registry.records:
        _LOGGER.warning("the session store is in memory: each sidecar has its own, and it is lost with it. %s.", remedy)


def session_options(settings: FluxlitSettings) -> SessionOptions:
    """Lifetimes of sessions."""
    return SessionOptions(
        idle_seconds=settings.session_idle_timeout_s, absolute_seconds=settings.session_absolute_timeout_s
    )


def _deferred(url: str, settings: FluxlitSettings) -> DeferredSessionStore:
    def opened() -> AtomicSessionStore:
        keys = [key.strip() for key in settings.session_encryption_keys.get_secret_value().split(",") if key.strip()]
        store = open_store(url or _embedded_url(), encryption=SessionEncryption(keys) if keys else None)
        # A sidecar has no end of a lifespan of its own; closing twice does nothing.
        atexit.register(store.close)
        return store

    return DeferredSessionStore(opened)


def _embedded_url() -> str:
    folder = Path.cwd() / DATA_FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        ignored = folder / ".gitignore"
        if not ignored.exists():
            ignored.write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"sessions are kept in {str(folder)!r} where nothing else is configured, and that cannot be made: {error}. "
            "Set FLUXLIT_SESSION_STORE, for example to sqlite:////var/lib/my-app/sessions.db"
        ) from error
    return f"sqlite:///{quote(str(folder / 'sessions.db'))}"
