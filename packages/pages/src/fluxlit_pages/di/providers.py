"""Parameters that need no marker: by their name (``st``, ``client``), or by their type.

The application's own types are known by looking at the application (a parameter annotated with a class of its settings
gets its settings), because this package knows no concrete application.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, get_origin

from fluxlit_auth.identity.user import User
from fluxlit_client import ApiClient
from fluxlit_pages.di.page_user import page_user
from fluxlit_pages.di.run_session import run_session
from fluxlit_pages.di.sources import ProvidedSource, Run
from fluxlit_pages.flags import FluxlitFeatureFlags
from fluxlit_pages.menu.page_links import PageLinks
from fluxlit_pages.session_model import SessionModel
from fluxlit_sessions import AtomicSessionStore, Session, SessionStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_pages.page_owner import PageOwner

__all__ = ("feature_flags", "provider_by_name", "provider_by_type")

_TOO_GENERAL = frozenset({"builtins", "pydantic", "pydantic_settings", "types", "typing"})
_NO_STORE = (
    "Parameter {name!r} asks for a SessionStore, and the application has none. "
    "Pass one: FluxLit(session_store=InMemorySessionStore())."
)
_NO_USER = (
    "Parameter {name!r} asks for the User, and nobody has logged in. Protect the application with app.protect(...), or "
    "write User | None."
)


def provider_by_name(name: str) -> ProvidedSource | None:
    """The source of a parameter that is known by its name."""
    if name == "st":
        return ProvidedSource(name, lambda run: run.st)
    if name == "client":
        return ProvidedSource(name, lambda run: run.client)
    return None


def provider_by_type(name: str, annotation: Any, *, owner: PageOwner, optional: bool) -> ProvidedSource | None:
    """The source of a parameter that is known by its type, or None.

    Args:
        name: The parameter.
        annotation: Its type, without None.
        owner: The application.
        optional: Whether None would do where the application has no such thing.
    """
    wanted = get_origin(annotation) or annotation
    if not inspect.isclass(wanted):
        return None
    getter = _getter(wanted, owner)
    if getter is None:
        return None
    if wanted is Session:
        return ProvidedSource(name, getter, is_session=True)
    if wanted is User:
        return ProvidedSource(name, getter, "" if optional else _NO_USER.format(name=name), from_request=True)
    return ProvidedSource(name, getter, _NO_STORE.format(name=name) if getter is _store and not optional else "")


def _getter(wanted: type[Any], owner: PageOwner) -> Callable[[Run], object] | None:
    known: tuple[tuple[bool, Callable[[Run], object]], ...] = (
        (wanted is Session, lambda run: run_session(run).session),
        (wanted in {SessionStore, AtomicSessionStore} or _is_own_type(wanted, owner.session_store), _store),
        (_is_own_type(wanted, owner.settings), lambda run: run.owner.settings),
        (_is_own_type(wanted, owner.urls), lambda run: run.owner.urls),
        (_is_own_type(wanted, owner), lambda run: run.owner),
        (issubclass(wanted, ApiClient), lambda run: run.client),
        (wanted is FluxlitFeatureFlags, lambda run: feature_flags(run.owner)),
        (wanted is PageLinks, lambda run: PageLinks(run.st, run.owner)),
        (wanted is User, lambda run: page_user(run.st)),
        (wanted is SessionModel, lambda run: SessionModel(run.st)),
    )
    return next((getter for matches, getter in known if matches), None)


def feature_flags(owner: PageOwner) -> FluxlitFeatureFlags:
    """The flags of the environment and of the application's settings together."""
    flags = FluxlitFeatureFlags.from_environ()
    if flags.experimental_yield_pages or not owner.settings.experimental_yield_pages:
        return flags
    return FluxlitFeatureFlags(experimental_yield_pages=True)


def _store(run: Run) -> object:
    return run.owner.session_store


def _is_own_type(wanted: type[Any], value: object) -> bool:
    # By base classes instead of isinstance: Callable, Hashable and the like would take everything. Library classes
    # (pydantic.BaseModel) are too general to mean the application's settings.
    root = wanted.__module__.partition(".")[0]
    return wanted in type(value).__mro__ and root not in _TOO_GENERAL
