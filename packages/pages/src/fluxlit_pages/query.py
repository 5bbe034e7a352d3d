"""Query parameters of the page's address, as pydantic models."""

from __future__ import annotations

import collections.abc
import types
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union, cast, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = (
    "accepts_many",
    "parse_query_params",
    "parse_query_params_adapter",
    "query_dict_for_manifest",
    "query_values",
    "show_query_error",
)

ModelT = TypeVar("ModelT", bound=BaseModel)
T = TypeVar("T")
_MANY = (list, set, frozenset, tuple, collections.abc.Sequence, collections.abc.Set)
_WRAPPERS = (Union, types.UnionType, Annotated)


def parse_query_params(st: Any, model: type[ModelT], *, strict: bool = False) -> ModelT:
    """Validate the address's query parameters.

    A parameter that occurs once is a string; one that occurs several times, or whose field is a list or set, is a list.

    Args:
        st: The Streamlit module.
        model: What the parameters should be.
        strict: Raise instead of showing an error and going on with the model's defaults.

    Raises:
        pydantic.ValidationError: `strict`, or the model has no defaults to go on with.
    """
    try:
        return model.model_validate(_model_input(st, model))
    except ValidationError as error:
        if strict:
            raise
        show_query_error(st, error)
        return model()


def parse_query_params_adapter(st: Any, adapter: TypeAdapter[T], *, strict: bool = False) -> T:
    """As `parse_query_params` for any type; it always raises, after showing the error unless `strict`.

    Raises:
        pydantic.ValidationError: The parameters do not fit.
    """
    try:
        return adapter.validate_python(query_dict_for_manifest(st))
    except ValidationError as error:
        if not strict:
            show_query_error(st, error)
        raise


def query_dict_for_manifest(st: Any) -> dict[str, str | list[str]]:
    """The query parameters: a string where there is one value, a list where there are several."""
    found: dict[str, str | list[str]] = {}
    for name in _names(st):
        values = query_values(st, name)
        if values:
            found[name] = values[0] if len(values) == 1 else values
    return found


def query_values(st: Any, name: str) -> list[str]:
    """All values of one query parameter, in the order of the address."""
    parameters = st.query_params
    get_all = getattr(parameters, "get_all", None)
    value: object = get_all(name) if get_all is not None else parameters.get(name)
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    return [str(item) for item in cast("Iterable[object]", value)]


def accepts_many(annotation: object) -> bool:
    """Whether an annotation wants all values of a parameter instead of one."""
    origin = get_origin(annotation)
    if (origin or annotation) in _MANY:
        return True
    return origin in _WRAPPERS and any(accepts_many(argument) for argument in get_args(annotation))


def show_query_error(st: Any, error: ValidationError) -> None:
    """Tell the visitor which parameter of the address does not fit."""
    lines = [f"`{'.'.join(str(part) for part in item['loc']) or 'address'}`: {item['msg']}" for item in error.errors()]
    st.error("The address of this page does not fit: " + "; ".join(lines))


def _model_input(st: Any, model: type[BaseModel]) -> Mapping[str, Any]:
    values: dict[str, Any] = dict(query_dict_for_manifest(st))
    for name, field in model.model_fields.items():
        if not accepts_many(field.annotation):
            continue
        for key in (field.alias or name, name):
            if isinstance(values.get(key), str):
                values[key] = [values[key]]
    return values


def _names(st: Any) -> list[str]:
    return [str(name) for name in st.query_params]
