"""An endpoint function of an application, read once: method, path, parameters and return type.

Lifecycle: what was read is kept for as long as the application object lives, for every client of the process.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from fluxlit_client.endpoints.parameters import Parameter, Place, parameters_of
from fluxlit_client.endpoints.results import Result, result_of
from fluxlit_client.endpoints.routes import ApiRoute, Dependant, HasRoutes, path_operations
from fluxlit_client.errors import EndpointNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ("Operation", "operation_of")

_PATH_PARAMETER = re.compile(r"{(\w+)}")
# The first of these that a route admits is sent: a route for GET and HEAD is meant to be got.
_PREFERRED_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")


@dataclass(frozen=True, slots=True)
class Operation:
    """How to call one endpoint function.

    Attributes:
        name: Of the function, for messages.
        method: HTTP method.
        path: Path with ``{name}`` in place of each path parameter.
        signature: Names of the function's parameters that can be given by position, in order.
        parameters: Those read from the request, by name.
        inherited: Those that its dependencies read from the request, by name.
        injected: Names of the function's parameters that the API fills in.
        slashed: Path parameters that may hold slashes (``{name:path}``).
        result: What becomes of the answer.
    """

    name: str
    method: str
    path: str
    signature: Sequence[str]
    parameters: Mapping[str, Parameter]
    inherited: Mapping[str, Parameter]
    injected: frozenset[str]
    slashed: frozenset[str]
    result: Result

    @property
    def has_whole_path(self) -> bool:
        """Whether each path parameter of the route is one of the function or of its dependencies."""
        known = {item.key for item in self.all_parameters.values() if item.place is Place.PATH}
        return set(_PATH_PARAMETER.findall(self.path)) <= known

    @property
    def all_parameters(self) -> Mapping[str, Parameter]:
        """Own parameters and those of the dependencies; own ones win."""
        return {**self.inherited, **self.parameters}


@dataclass(slots=True)
class _Table:
    operations: dict[Callable[..., Any], Operation] = field(default_factory=dict["Callable[..., Any]", Operation])


_tables: WeakKeyDictionary[HasRoutes, _Table] = WeakKeyDictionary()


def operation_of(app: HasRoutes | None, endpoint: Callable[..., Any]) -> Operation:
    """How ``app`` serves ``endpoint``.

    Raises:
        EndpointNotFoundError: It does not, or the client does not know any application.
    """
    name = _name_of(endpoint)
    if app is None:
        raise EndpointNotFoundError(f"cannot call {name}(): build the client with app=, the application that serves it")
    table = _tables.setdefault(app, _Table())
    found = table.operations.get(endpoint)
    if found is None:
        # Not kept if it is missing: the application may register it later.
        found = table.operations[endpoint] = _read(app, endpoint)
    return found


def _read(app: HasRoutes, endpoint: Callable[..., Any]) -> Operation:
    plain = inspect.unwrap(endpoint)
    # Bound methods are equal, not identical, from one access to the next.
    routes = [found for found in path_operations(app.routes) if inspect.unwrap(found[1].endpoint) == plain]
    if routes:
        operations = [_operation(prefix, route) for prefix, route in routes]
        return next((operation for operation in operations if operation.has_whole_path), operations[0])
    raise EndpointNotFoundError(
        f"the application serves no path operation {_name_of(endpoint)}(): give the function that is decorated with "
        f"@app.get(...) and the like, and build the client with the app= that it is registered with"
    )


def _operation(prefix: str, route: ApiRoute) -> Operation:
    methods = {method.upper() for method in route.methods}
    signature = inspect.signature(route.endpoint).parameters.values()
    parameters = {parameter.name: parameter for parameter in parameters_of(route.dependant)}
    name = _name_of(route.endpoint)
    path = f"{prefix.rstrip('/')}{route.path_format}"
    return Operation(
        name=name,
        method=next((method for method in _PREFERRED_METHODS if method in methods), "GET"),
        path=path,
        signature=[parameter.name for parameter in signature if parameter.kind not in _BY_NAME_ONLY],
        parameters=parameters,
        inherited={parameter.name: parameter for parameter in _inherited(route.dependant)},
        injected=frozenset(parameter.name for parameter in signature) - parameters.keys(),
        slashed=frozenset(name for name, convertor in route.param_convertors.items() if convertor.regex == ".*"),
        result=result_of(route, name=name, path=path),
    )


_BY_NAME_ONLY = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)


def _inherited(dependant: Dependant) -> Iterator[Parameter]:
    for dependency in dependant.dependencies:
        yield from _inherited(dependency)
        yield from parameters_of(dependency)


def _name_of(endpoint: object) -> str:
    return str(getattr(endpoint, "__qualname__", None) or repr(endpoint))
