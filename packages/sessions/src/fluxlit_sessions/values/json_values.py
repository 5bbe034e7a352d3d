"""Turns session values into plain JSON values, or refuses them by name.

JSON types pass as they are. What pydantic writes as JSON without loss becomes that JSON: models, dataclasses, enums,
dates, times, time differences, decimals and UUIDs. Everything else is refused, with the path to it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import math
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, Secret, SecretBytes, SecretStr, TypeAdapter

from fluxlit_sessions.errors import UnsupportedValueError
from fluxlit_sessions.values.plain_json import NotPlainError, plain_copy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxlit_sessions.values.plain_json import JsonValue

__all__ = ("to_json_object", "to_json_value")

# Deeper than any sensible state; Python's json gives up with a RecursionError at about 990.
_MAX_DEPTH = 100

_WRITTEN_BY_PYDANTIC = (dt.datetime, dt.date, dt.time, dt.timedelta, decimal.Decimal, uuid.UUID)
_LEAVES: TypeAdapter[Any] = TypeAdapter(Any)
# The annotations of pydantic's generic Secret need no parameter for isinstance.
_SECRETS = (SecretStr, SecretBytes, cast("type", Secret))

# pydantic writes stars for a secret and null for an untyped NaN: both would be lost without a word.
_SIGNS_OF_LOSS = ("*" * 10, "None")


def to_json_object(data: Mapping[str, Any]) -> dict[str, JsonValue]:
    """The JSON object for a session's data.

    Raises:
        UnsupportedValueError: A value, at whatever depth, is neither JSON nor written as JSON by pydantic.
    """
    found = _json(data, "", 0)
    if not isinstance(found, dict):
        raise UnsupportedValueError(
            "(top level)", f"it is a {type(data).__qualname__}, and no mapping of names to values"
        )
    return found


def to_json_value(value: object, path: str) -> JsonValue:
    """The JSON value for one value; `path` names it in errors.

    Raises:
        UnsupportedValueError: See `to_json_object`.
    """
    return _json(value, path, 1)


def _json(value: object, path: str, depth: int) -> JsonValue:
    try:
        # Nearly always it is plain JSON already: a third of the time, as no names for errors are put together.
        return plain_copy(cast("JsonValue", value), levels=_MAX_DEPTH - 1 - depth)
    except NotPlainError:
        return _convert(value, path, depth)


def _convert(value: object, path: str, depth: int) -> JsonValue:
    if depth > _MAX_DEPTH:
        raise UnsupportedValueError(path, f"it is nested more than {_MAX_DEPTH} levels deep, or contains itself")
    # Enums first: a StrEnum is a str as well, and a str subclass would keep its class's own idea of JSON.
    if isinstance(value, enum.Enum):
        return _convert(cast("object", value.value), path, depth + 1)
    if value is None or isinstance(value, (str, bool, int, float)):
        return _scalar(value, path)
    if isinstance(value, Mapping):
        return _mapping(cast("Mapping[object, object]", value), path, depth)
    if isinstance(value, (list, tuple)):
        return _sequence(cast("Iterable[object]", value), path, depth)
    return _rich(value, path, depth)


def _scalar(value: str | float | None, path: str) -> JsonValue:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise UnsupportedValueError(path, f"{value!r} is no JSON number; store None or a string")
        return float(value)
    if isinstance(value, str):
        return str(value)
    return value


def _mapping(value: Mapping[object, object], path: str, depth: int) -> dict[str, JsonValue]:
    result: dict[str, JsonValue] = {}
    for key, item in value.items():
        name = cast("object", key.value) if isinstance(key, enum.Enum) else key
        if not isinstance(name, str):
            where = path or "(top level)"
            raise UnsupportedValueError(where, f"its key {key!r} is no string; JSON has string keys alone")
        result[str(name)] = _convert(item, f"{path}.{name}" if path else name, depth + 1)
    return result


def _sequence(value: Iterable[object], path: str, depth: int) -> list[JsonValue]:
    return [_convert(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(value)]


def _rich(value: object, path: str, depth: int) -> JsonValue:
    if isinstance(value, _SECRETS):
        raise UnsupportedValueError(path, f"it is a {type(value).__name__}; secrets are not stored in sessions")
    if isinstance(value, decimal.Decimal) and not value.is_finite():
        raise UnsupportedValueError(path, f"{value!r} is no JSON number; store None or a string")
    if isinstance(value, _WRITTEN_BY_PYDANTIC):
        return _scalar(cast("str", _LEAVES.dump_python(value, mode="json")), path)
    if hasattr(type(value), "__pydantic_serializer__"):
        return _model(cast("BaseModel", value), path, depth)
    if dataclasses.is_dataclass(type(value)):
        fields = dataclasses.fields(cast("Any", value))
        return _mapping({field.name: getattr(value, field.name) for field in fields}, path, depth)
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    raise UnsupportedValueError(path, f"{kind} is neither JSON nor a pydantic model; store what it was made from")


def _model(value: BaseModel, path: str, depth: int) -> JsonValue:
    """A pydantic model or pydantic dataclass, by its own serializers, so that it can be read back into its class."""
    serializer = type(value).__pydantic_serializer__
    try:
        dumped = serializer.to_python(value, mode="json", round_trip=True, warnings="error")
    except (ValueError, RecursionError) as error:
        raise UnsupportedValueError(path, f"{type(value).__qualname__} cannot be written as JSON: {error}") from error
    result = _json(dumped, path, depth + 1)
    written = str(result)
    if any(sign in written for sign in _SIGNS_OF_LOSS):
        _refuse_losses(serializer.to_python(value, mode="python", round_trip=True), path)
    return result


def _refuse_losses(value: object, path: str) -> None:
    if isinstance(value, _SECRETS):
        raise UnsupportedValueError(path, f"it is a {type(value).__name__}; secrets are not stored in sessions")
    if isinstance(value, float):
        _scalar(value, path)
    elif isinstance(value, Mapping):
        for key, item in cast("Mapping[object, object]", value).items():
            _refuse_losses(item, f"{path}.{key}")
    elif isinstance(value, (list, tuple, set, frozenset)):
        for index, item in enumerate(cast("Iterable[object]", value)):
            _refuse_losses(item, f"{path}[{index}]")
