"""Value types that read what people write in environment variables: comma lists, JSON, and nothing at all."""

import json
from typing import Annotated, Any, Literal, TypeAlias, cast

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode

__all__ = (
    "JsonObject",
    "LogFormat",
    "LogLevel",
    "NonNegativeFloat",
    "NonNegativeInt",
    "OptionalBytes",
    "OptionalSeconds",
    "OptionalText",
    "Port",
    "TextList",
)


def _parse_json(value: str, accepted: str) -> object:
    try:
        return cast("object", json.loads(value))
    except ValueError as error:
        raise PydanticCustomError(
            "json_invalid",
            "it is no valid JSON: {reason}; give {accepted}",
            {"reason": str(error), "accepted": accepted},
        ) from error


def _read_list(value: object) -> object:
    """``a, b`` and ``["a", "b"]`` are the same list; nothing and ``null`` are the empty one."""
    if value is None:
        return []
    if not isinstance(value, str):
        return list(cast("tuple[object, ...]", value)) if isinstance(value, tuple) else value
    text = value.strip()
    if text.startswith("["):
        return _parse_json(text, 'a list such as ["a", "b"], or a, b')
    if text == "null":
        return []
    return [part.strip() for part in text.split(",") if part.strip()]


def _read_object(value: object) -> object:
    if value is None:
        return {}
    if not isinstance(value, str):
        return value
    text = value.strip()
    return _parse_json(text, 'a JSON object such as {"layout": "wide"}') if text else {}


def _nothing_is_none(value: object) -> object:
    """``NAME=`` in an env file means "not set" wherever a setting may be absent."""
    return None if isinstance(value, str) and value.strip().lower() in {"", "none", "null"} else value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


TextList: TypeAlias = Annotated[list[str], NoDecode, BeforeValidator(_read_list)]
JsonObject: TypeAlias = Annotated[dict[str, Any], NoDecode, BeforeValidator(_read_object)]
OptionalText: TypeAlias = Annotated[str | None, BeforeValidator(_nothing_is_none)]
NonNegativeInt: TypeAlias = Annotated[int, Field(ge=0)]
NonNegativeFloat: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
OptionalBytes: TypeAlias = Annotated[NonNegativeInt | None, BeforeValidator(_nothing_is_none)]
OptionalSeconds: TypeAlias = Annotated[NonNegativeFloat | None, BeforeValidator(_nothing_is_none)]
Port: TypeAlias = Annotated[int, Field(ge=0, le=65535)]
LogLevel: TypeAlias = Annotated[
    Literal["critical", "error", "warning", "info", "debug", "trace"], BeforeValidator(_lower)
]
LogFormat: TypeAlias = Annotated[Literal["console", "json", "logfmt"], BeforeValidator(_lower)]
