"""The parts of an application that calls by endpoint read, as protocols: a client does not import FastAPI.

They are met by FastAPI's ``APIRoute`` and, for included routers since 0.120, by what
``effective_route_contexts()`` of an included router yields; by Starlette's ``Mount``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pydantic.fields import FieldInfo

__all__ = ("ApiRoute", "Dependant", "HasRoutes", "ModelField", "path_operations")


class HasRoutes(Protocol):
    """An application: FastAPI, an ``APIRouter``, Starlette."""

    @property
    def routes(self) -> Sequence[Any]:
        """Routes in the order of matching."""
        ...


class ModelField(Protocol):
    """One parameter of an endpoint, as FastAPI understood it."""

    @property
    def name(self) -> str:
        """Name of the Python parameter."""
        ...

    @property
    def alias(self) -> str:
        """Name in the request."""
        ...

    @property
    def field_info(self) -> FieldInfo:
        """Type, default and constraints; FastAPI's subclasses also say where the value is read."""
        ...


class Dependant(Protocol):
    """What a function (an endpoint or a dependency) takes from the request."""

    @property
    def path_params(self) -> Sequence[ModelField]:
        """Read from the path."""
        ...

    @property
    def query_params(self) -> Sequence[ModelField]:
        """Read from the query."""
        ...

    @property
    def header_params(self) -> Sequence[ModelField]:
        """Read from headers."""
        ...

    @property
    def cookie_params(self) -> Sequence[ModelField]:
        """Read from cookies."""
        ...

    @property
    def body_params(self) -> Sequence[ModelField]:
        """Read from a JSON body, a form or files."""
        ...

    @property
    def dependencies(self) -> Sequence[Dependant]:
        """Functions whose results it takes."""
        ...


@runtime_checkable
class ApiRoute(Protocol):
    """A path operation."""

    endpoint: Callable[..., Any]
    path_format: str
    methods: Iterable[str]
    dependant: Dependant
    param_convertors: Mapping[str, Any]
    response_model: Any


@runtime_checkable
class _IncludedRouter(Protocol):
    def effective_route_contexts(self) -> Iterator[object]: ...


@runtime_checkable
class _Mounted(Protocol):
    path: str
    routes: Sequence[object]


def path_operations(routes: Iterable[object], prefix: str = "") -> Iterator[tuple[str, ApiRoute]]:
    """Every path operation below ``routes``, with the path that its own path is to be appended to."""
    for route in routes:
        # An included router wraps a plain Starlette route or a mount in this attribute.
        wrapped = getattr(route, "starlette_route", None)
        if wrapped is not None:
            yield from path_operations([cast("object", wrapped)], prefix)
        elif isinstance(route, _IncludedRouter):
            yield from path_operations(route.effective_route_contexts(), prefix)
        elif isinstance(route, ApiRoute):
            if cast("object | None", route.dependant) is not None and cast("object | None", route.endpoint) is not None:
                yield prefix, route
        elif isinstance(route, _Mounted):
            yield from path_operations(route.routes, prefix + route.path)
