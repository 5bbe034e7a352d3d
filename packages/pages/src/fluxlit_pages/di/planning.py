"""From a function's signature to the plan by which it is called; done once per function.

Planning never raises for a parameter that nobody can fill: it puts a `BrokenSource` there, which raises when the page
runs (unless a test overrides the parameter) or when `problems_of` looks for it at registration in strict mode.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, TypeAdapter
from pydantic.errors import PydanticUserError

from fluxlit_pages.di.markers import REQUIRED, Cookie, Depends, Header, Query, SessionState, name_of
from fluxlit_pages.di.parameters import ParameterFacts, place_of, read_parameters, without_none
from fluxlit_pages.di.providers import provider_by_name, provider_by_type
from fluxlit_pages.di.session_state import SessionStateSource, unfit_model_problem
from fluxlit_pages.di.sources import (
    BrokenSource,
    CallPlan,
    DefaultSource,
    DependencySource,
    QueryModelSource,
    QuerySource,
    RequestSource,
    Slot,
    Source,
)
from fluxlit_pages.errors import DependencyCycleError, FluxlitPagesError, PageSignatureError
from fluxlit_pages.query import accepts_many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fluxlit_pages.page_owner import PageOwner

__all__ = ("dependencies_of", "plan_call", "problems_of")

_TEXT = (inspect.Parameter.empty, str, Any)


def plan_call(fn: Callable[..., Any], owner: PageOwner, *, within: tuple[Callable[..., Any], ...] = ()) -> CallPlan:
    """Decide where each parameter of `fn` comes from.

    Args:
        fn: A page function or dependency.
        owner: The application.
        within: The functions that lead to `fn`, outermost first.
    """
    chain = (*within, fn)
    slots = tuple(
        Slot(facts.name, facts.kind is inspect.Parameter.POSITIONAL_ONLY, _source(facts, owner, chain=chain))
        for facts in read_parameters(fn)
        if not facts.variadic
    )
    return CallPlan(fn, slots)


def problems_of(plan: CallPlan) -> Iterator[FluxlitPagesError]:
    """What is wrong with a plan and the plans below it."""
    for slot in plan.slots:
        if isinstance(slot.source, BrokenSource):
            yield slot.source.error
        elif isinstance(slot.source, DependencySource):
            yield from problems_of(slot.source.plan)


def dependencies_of(plan: CallPlan) -> Iterator[Callable[..., Any]]:
    """The functions that the plan's own parameters depend on."""
    for slot in plan.slots:
        if isinstance(slot.source, DependencySource):
            yield slot.source.plan.fn


def _source(facts: ParameterFacts, owner: PageOwner, *, chain: tuple[Callable[..., Any], ...]) -> Source:
    if facts.marker is not None:
        return _marked_source(facts, owner, chain=chain)
    by_name = provider_by_name(facts.name)
    if by_name is not None:
        return by_name
    annotation = without_none(facts.annotation)
    by_type = provider_by_type(facts.name, annotation, owner=owner, optional=facts.optional)
    if by_type is not None:
        return by_type
    if facts.default is not REQUIRED:
        return DefaultSource(facts.default)
    return _nobody(facts, chain[-1])


def _marked_source(facts: ParameterFacts, owner: PageOwner, *, chain: tuple[Callable[..., Any], ...]) -> Source:
    marker = facts.marker
    if isinstance(marker, Depends):
        return _dependency(facts, marker, owner=owner, chain=chain)
    if isinstance(marker, Query):
        return _query(facts, marker, chain[-1])
    if isinstance(marker, SessionState):
        return _session_state(facts, marker, chain[-1])
    kind = "cookie" if isinstance(marker, Cookie) else "header"
    name = marker.name if isinstance(marker, Header | Cookie) else None
    if name is None:
        name = facts.name.lower() if kind == "cookie" else facts.name.lower().replace("_", "-")
    adapter = None
    if without_none(facts.annotation) not in _TEXT and not facts.problem:
        adapter = _adapter(facts, chain[-1])
        if isinstance(adapter, BrokenSource):
            return adapter
    return RequestSource(facts.name, kind, name, facts.default, adapter)


def _dependency(
    facts: ParameterFacts, marker: Depends, *, owner: PageOwner, chain: tuple[Callable[..., Any], ...]
) -> Source:
    provider = marker.dependency
    if not callable(provider):
        what = "Depends() without a function" if provider is None else f"Depends({provider!r}), which is no function"
        return BrokenSource(
            PageSignatureError(
                f"Parameter {facts.name!r} of {place_of(chain[-1])} has {what}. "
                "Name the function that provides it: Depends(make_it)."
            )
        )
    if provider in chain[1:] or provider is chain[0]:
        circle = " -> ".join(name_of(step) for step in (*chain[chain.index(provider) :], provider))
        return BrokenSource(
            DependencyCycleError(
                f"Parameter {facts.name!r} of {place_of(chain[-1])} closes a circle of dependencies: {circle}. "
                "Take one of them out of it."
            )
        )
    return DependencySource(plan_call(provider, owner, within=chain), marker.use_cache)


def _session_state(facts: ParameterFacts, marker: SessionState, fn: Callable[..., Any]) -> Source:
    if facts.problem:
        return _nobody(facts, fn)
    problem = unfit_model_problem(facts.annotation)
    if problem:
        return BrokenSource(
            PageSignatureError(f"Parameter {facts.name!r} of {place_of(fn)} is a SessionState, and {problem}.")
        )
    return SessionStateSource(facts.name, facts.annotation, marker.key or facts.annotation.__name__)


def _query(facts: ParameterFacts, marker: Query, fn: Callable[..., Any]) -> Source:
    wanted = without_none(facts.annotation)
    if inspect.isclass(wanted) and issubclass(wanted, BaseModel):
        return QueryModelSource(facts.name, wanted)
    default = facts.default if facts.default is not REQUIRED else marker.default
    if default is REQUIRED and facts.optional:
        default = None
    adapter = _adapter(facts, fn)
    if isinstance(adapter, BrokenSource):
        return adapter
    return QuerySource(facts.name, marker.alias or facts.name, accepts_many(facts.annotation), default, adapter)


def _adapter(facts: ParameterFacts, fn: Callable[..., Any]) -> TypeAdapter[Any] | BrokenSource:
    if facts.problem:
        return _nobody(facts, fn)
    annotation: Any = str if facts.annotation is inspect.Parameter.empty else facts.annotation
    try:
        return TypeAdapter(annotation)
    except PydanticUserError:
        return _nobody(facts, fn)


def _nobody(facts: ParameterFacts, fn: Callable[..., Any]) -> BrokenSource:
    if facts.problem:
        why = f"its annotation {facts.annotation!r} cannot be evaluated ({facts.problem})"
        remedy = "Its names must be in the module at run time (not in a function, not below `if TYPE_CHECKING`)"
    elif facts.annotation is inspect.Parameter.empty:
        why = "it has no annotation"
        remedy = "Annotate it"
    else:
        why = f"nothing provides {getattr(facts.annotation, '__name__', facts.annotation)!s}"
        remedy = "Write Annotated[..., Depends(function)], Header, Cookie or Query"
    return BrokenSource(
        PageSignatureError(
            f"Parameter {facts.name!r} of {place_of(fn)} cannot be filled: {why}. {remedy}; or give it a default."
        )
    )
