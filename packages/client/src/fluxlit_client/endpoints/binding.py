"""From the arguments of a call to checked values, one for each parameter that is sent."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from fluxlit_client.endpoints.parameters import INJECTED, Parameter, Place
from fluxlit_client.errors import EndpointArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fluxlit_client.endpoints.operations import Operation

__all__ = ("bind",)


def bind(operation: Operation, positional: Sequence[Any], named: Mapping[str, Any]) -> dict[Parameter, Any]:
    """Assign arguments to parameters and check them against their types and constraints.

    Returns:
        The values that were given. What was left out is left to the API's own default.

    Raises:
        EndpointArgumentError: An argument is unknown, given twice, missing or wrong.
    """
    arguments = _by_name(operation, positional, named)
    known = operation.all_parameters
    values: dict[Parameter, Any] = {}
    for name, value in arguments.items():
        if name in operation.injected and name not in operation.inherited:
            if value is not INJECTED:
                raise EndpointArgumentError(operation.name, name, "is filled in by the API itself: leave it out")
        elif name in known:
            values[known[name]] = _checked(operation, known[name], value)
        else:
            raise EndpointArgumentError(operation.name, name, _unknown(operation, name))
    for name, parameter in operation.parameters.items():
        if parameter.required and name not in arguments:
            raise EndpointArgumentError(operation.name, name, f"is missing (it goes into the {parameter.place.value})")
    return values


def _by_name(operation: Operation, positional: Sequence[Any], named: Mapping[str, Any]) -> dict[str, Any]:
    if len(positional) > len(operation.signature):
        surplus = f"#{len(operation.signature) + 1}"
        raise EndpointArgumentError(operation.name, surplus, f"does not exist: {len(operation.signature)} can be given")
    arguments = dict(zip(operation.signature, positional, strict=False))
    for name, value in named.items():
        if name in arguments:
            raise EndpointArgumentError(operation.name, name, "is given twice, by position and by name")
        arguments[name] = value
    return arguments


def _checked(operation: Operation, parameter: Parameter, value: Any) -> Any:
    if parameter.place is Place.FILE:
        return value
    try:
        converted = parameter.shape.validate_python(value)
        if parameter.check is not parameter.shape:
            parameter.check.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = "".join(f"[{part!r}]" for part in first["loc"])
        raise EndpointArgumentError(operation.name, parameter.name, f"{place} is wrong: {first['msg']}") from error
    return converted


def _unknown(operation: Operation, name: str) -> str:
    close = get_close_matches(name, operation.all_parameters, n=1)
    return "does not exist" + (f"; did you mean {close[0]!r}?" if close else "")
