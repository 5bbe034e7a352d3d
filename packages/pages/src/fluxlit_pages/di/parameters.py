"""What a function's signature says about each parameter, read once and forgivingly.

One annotation that cannot be evaluated (a name that only a type checker sees) leaves the other parameters readable.
"""

from __future__ import annotations

import functools
import inspect
import types
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, Union, cast, get_args, get_origin, get_type_hints

from fluxlit_pages.di.markers import REQUIRED, Marker

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("ParameterFacts", "place_of", "read_parameters", "without_none")

_NO_FUNCTION: Final[dict[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class ParameterFacts:
    """One parameter."""

    name: str
    annotation: Any
    """Evaluated and without ``Annotated``; ``inspect.Parameter.empty`` if there is none."""
    marker: Marker | None
    """The marker in ``Annotated`` or as default."""
    default: Any
    """The Python default; `REQUIRED` if there is none or it is a marker."""
    kind: inspect._ParameterKind
    problem: str = ""
    """Why the annotation could not be evaluated."""

    @property
    def variadic(self) -> bool:
        """Whether it is ``*args`` or ``**kwargs``."""
        return self.kind in {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}

    @property
    def optional(self) -> bool:
        """Whether None is one of its types."""
        return without_none(self.annotation) is not self.annotation


def read_parameters(fn: Callable[..., Any]) -> tuple[ParameterFacts, ...]:
    """The parameters of a function, class or callable object."""
    try:
        parameters = inspect.signature(fn).parameters.values()
    except (TypeError, ValueError):  # some built-in classes have no signature: they are called without arguments
        return ()
    namespace = _namespace(fn)
    return tuple(_read(parameter, namespace) for parameter in parameters)


def without_none(annotation: Any) -> Any:
    """The other type of ``T | None``; any other annotation as it is."""
    if get_origin(annotation) not in {Union, types.UnionType}:
        return annotation
    others = [argument for argument in get_args(annotation) if argument is not type(None)]
    return others[0] if len(others) == 1 and len(get_args(annotation)) > 1 else annotation


def place_of(fn: object) -> str:
    """``name (file:line)`` of a function or class, for messages."""
    name = str(getattr(fn, "__qualname__", type(fn).__qualname__))
    code = getattr(inspect.unwrap(fn) if callable(fn) else fn, "__code__", None)
    return f"{name} ({code.co_filename}:{code.co_firstlineno})" if code is not None else name


def _read(parameter: inspect.Parameter, namespace: dict[str, Any]) -> ParameterFacts:
    annotation, problem = _evaluated(parameter, namespace)
    marker: Marker | None = None
    if get_origin(annotation) is Annotated:
        annotation, *metadata = get_args(annotation)
        marker = next((item for item in metadata if isinstance(item, Marker)), None)
    default: Any = REQUIRED if parameter.default is inspect.Parameter.empty else parameter.default
    if isinstance(default, Marker):
        marker, default = marker or default, REQUIRED
    return ParameterFacts(
        name=parameter.name, annotation=annotation, marker=marker, default=default, kind=parameter.kind, problem=problem
    )


def _evaluated(parameter: inspect.Parameter, namespace: dict[str, Any]) -> tuple[Any, str]:
    if parameter.annotation is inspect.Parameter.empty:
        return parameter.annotation, ""
    holder = types.SimpleNamespace(__annotations__={parameter.name: parameter.annotation})
    try:
        hints = get_type_hints(holder, globalns=namespace, localns=namespace, include_extras=True)
    except Exception as error:  # noqa: BLE001 - an annotation is an expression of the user's and may raise anything
        return parameter.annotation, f"{type(error).__name__}: {error}"
    return hints[parameter.name], ""


def _namespace(fn: Callable[..., Any]) -> dict[str, Any]:
    """The names that a function's annotations can refer to: its module's, and those of the functions around it."""
    while isinstance(fn, functools.partial):
        fn = cast("functools.partial[Any]", fn).func
    target: Any = inspect.unwrap(fn)
    if inspect.isclass(target):
        target = target.__init__
    elif not hasattr(target, "__code__") and not inspect.ismethod(target):
        target = type(target).__call__
    target = getattr(target, "__func__", target)
    names = dict(getattr(target, "__globals__", _NO_FUNCTION))
    code, cells = getattr(target, "__code__", None), getattr(target, "__closure__", None)
    for name, cell in zip(code.co_freevars if code else (), cells or (), strict=False):
        try:
            names[name] = cell.cell_contents
        except ValueError:  # a name of the enclosing function that has no value yet
            continue
    return names
