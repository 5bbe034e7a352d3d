"""Where the value of one parameter comes from, decided once per function; resolved once per run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from fluxlit_pages.di.markers import REQUIRED
from fluxlit_pages.di.request_context import cookie_value, header_value
from fluxlit_pages.errors import FluxlitPagesError, PageInjectionError
from fluxlit_pages.query import parse_query_params, query_values, show_query_error

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from contextlib import AbstractContextManager

    from fluxlit_pages.page_owner import PageOwner

__all__ = (
    "BrokenSource",
    "CallPlan",
    "DefaultSource",
    "DependencySource",
    "ProvidedSource",
    "QueryModelSource",
    "QuerySource",
    "RequestSource",
    "Run",
    "Slot",
    "Source",
    "cache_key",
)

_T = TypeVar("_T")


class Run(Protocol):
    """The run of a page, as sources see it."""

    @property
    def st(self) -> Any:
        """The Streamlit module."""
        ...

    @property
    def client(self) -> Any:
        """The client of the application's API."""
        ...

    @property
    def owner(self) -> PageOwner:
        """The application."""
        ...

    def provide(self, plan: CallPlan, *, use_cache: bool) -> object:
        """What a dependency gives in this run."""
        ...

    def entered(self, key: Hashable, make: Callable[[], AbstractContextManager[_T]]) -> _T:
        """What a context manager gives: made and entered by the first who asks in this run, left at its end."""
        ...


class Source(Protocol):
    """Where a value comes from."""

    @property
    def from_request(self) -> bool:
        """Whether it is the browser's: a test's override by name then reaches it in dependencies too."""
        ...

    def resolve(self, run: Run) -> object:
        """The value in this run."""
        ...


@dataclass(frozen=True, slots=True)
class Slot:
    """One parameter and its source."""

    name: str
    positional: bool
    """Whether it can be passed by position only."""
    source: Source


@dataclass(frozen=True, slots=True)
class CallPlan:
    """How to call one function."""

    fn: Callable[..., Any]
    slots: tuple[Slot, ...]

    @property
    def key(self) -> Hashable:
        """What the function is known by in caches."""
        return cache_key(self.fn)


def cache_key(fn: Callable[..., Any]) -> Hashable:
    """The function itself, so that equal bound methods are one; its identity if it cannot be hashed."""
    try:
        hash(fn)
    except TypeError:
        return id(fn)
    return fn


@dataclass(frozen=True, slots=True)
class ProvidedSource:
    """Something that the run or the application has."""

    parameter: str
    get: Callable[[Run], object]
    missing: str = ""
    """What to say when the application has none; empty where None is a fitting value."""
    from_request: bool = False
    is_session: bool = False
    """Whether it is the visitor's session, for which browsers need a cookie."""

    def resolve(self, run: Run) -> object:
        """The value in this run."""
        value = self.get(run)
        if value is None and self.missing:
            raise PageInjectionError(self.missing)
        return value


@dataclass(frozen=True, slots=True)
class DefaultSource:
    """The parameter's own default."""

    value: object
    from_request: bool = False

    def resolve(self, run: Run) -> object:
        """The default."""
        del run
        return self.value


@dataclass(frozen=True, slots=True)
class BrokenSource:
    """Nothing can fill the parameter; known when the signature was read, raised unless a test overrides it."""

    error: FluxlitPagesError
    from_request: bool = False

    def resolve(self, run: Run) -> object:
        """Raise what is wrong."""
        del run
        # A new one each time: a raised exception object collects tracebacks of every run that raised it.
        raise type(self.error)(*self.error.args)


@dataclass(frozen=True, slots=True)
class DependencySource:
    """The result of another function."""

    plan: CallPlan
    use_cache: bool
    from_request: bool = False

    def resolve(self, run: Run) -> object:
        """Call it, or take what this run already has."""
        return run.provide(self.plan, use_cache=self.use_cache)


@dataclass(frozen=True, slots=True)
class RequestSource:
    """A header or cookie of the browser's request."""

    parameter: str
    kind: str
    """``header`` or ``cookie``."""
    name: str
    default: Any
    adapter: TypeAdapter[Any] | None
    """Converts the text, where something else than text is wanted."""
    from_request: bool = True

    def resolve(self, run: Run) -> object:
        """The value, the default, or None."""
        text = (header_value if self.kind == "header" else cookie_value)(run.st, self.name)
        if text is None:
            return None if self.default is REQUIRED else self.default
        if self.adapter is None:
            return text
        try:
            return self.adapter.validate_python(text)
        except ValidationError as error:
            raise PageInjectionError(
                f"Parameter {self.parameter!r} takes the {self.kind} {self.name!r}, which does not fit: "
                f"{error.errors()[0]['msg']}."
            ) from error


@dataclass(frozen=True, slots=True)
class QuerySource:
    """One query parameter of the page's address."""

    parameter: str
    name: str
    many: bool
    default: Any
    adapter: TypeAdapter[Any]
    from_request: bool = True

    def resolve(self, run: Run) -> object:
        """The validated value, or the default (after showing what does not fit)."""
        values = query_values(run.st, self.name)
        if not values:
            return self._fallback("is missing from the address")
        try:
            return self.adapter.validate_python(values if self.many else values[-1])
        except ValidationError as error:
            fallback = self._fallback(f"does not fit: {error.errors()[0]['msg']}")
            show_query_error(run.st, error)
            return fallback

    def _fallback(self, why: str) -> object:
        if self.default is REQUIRED:
            raise PageInjectionError(
                f"Query parameter {self.name!r} (parameter {self.parameter!r} of the page) {why}. "
                "Open the page with it, or give the parameter a default."
            )
        return self.default


@dataclass(frozen=True, slots=True)
class QueryModelSource:
    """All query parameters of the page's address, as a model."""

    parameter: str
    model: type[BaseModel]
    from_request: bool = True

    def resolve(self, run: Run) -> object:
        """The validated model, or its defaults (after showing what does not fit)."""
        try:
            return parse_query_params(run.st, self.model)
        except ValidationError as error:
            raise PageInjectionError(
                f"The address does not fit parameter {self.parameter!r} ({self.model.__name__}): "
                f"{error.errors()[0]['loc']} {error.errors()[0]['msg']}."
            ) from error
