"""The strict check of a page's parameters, for ``strict_page_signatures`` and ``fluxlit pages validate --strict``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxlit_pages.di.markers import REQUIRED
from fluxlit_pages.di.parameters import place_of, read_parameters
from fluxlit_pages.di.planning import plan_call, problems_of
from fluxlit_pages.errors import FluxlitPagesError, PageSignatureError
from fluxlit_sessions import SessionStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_pages.page_owner import PageOwner

__all__ = ("missing_store_problem", "signature_problems", "validate_strict_page_signature")


def validate_strict_page_signature(fn: Callable[..., Any], app: PageOwner) -> None:
    """Refuse a page function with a parameter that nobody can fill, or whose dependencies have one.

    Raises:
        PageSignatureError: The message names the parameter and the place of its function.
    """
    for problem in signature_problems(fn, app):
        raise problem


def signature_problems(fn: Callable[..., Any], app: PageOwner) -> list[FluxlitPagesError]:
    """Everything that the strict check has against a page function."""
    found: list[FluxlitPagesError] = []
    for facts in read_parameters(fn):
        if facts.variadic:
            found.append(
                PageSignatureError(
                    f"Parameter {facts.name!r} of {place_of(fn)} takes any number of arguments, and nothing passes "
                    "them. Name the parameters that the page needs."
                )
            )
        elif facts.problem:
            found.append(
                PageSignatureError(
                    f"The annotation {facts.annotation!r} of parameter {facts.name!r} of {place_of(fn)} cannot be "
                    f"evaluated ({facts.problem}). Its names must be in the module at run time (not in a function, not "
                    "below `if TYPE_CHECKING`)."
                )
            )
    return found or list(problems_of(plan_call(fn, app)))


def missing_store_problem(fn: Callable[..., Any], app: PageOwner) -> str | None:
    """What to say when a page asks for a `SessionStore` and the application has none; checked in every mode."""
    if app.session_store is not None:
        return None
    for facts in read_parameters(fn):
        if facts.annotation is SessionStore and facts.default is REQUIRED and facts.marker is None:
            return (
                f"Parameter {facts.name!r} of {place_of(fn)} asks for a SessionStore, and the application has none. "
                "Pass one: FluxLit(session_store=InMemorySessionStore())."
            )
    return None
