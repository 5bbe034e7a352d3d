"""Turns pydantic's errors into messages that name the place, the setting, its value and what is accepted."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from fluxlit.settings.accepted import accepted_values, is_secret
from fluxlit.settings.origins import Origin

__all__ = ("explain", "problem")

_MASK = "[REDACTED]"


def problem(message: str, *, where: tuple[str, ...] = ()) -> ValidationError:
    """One message as the ``ValidationError`` of the settings."""
    return _as_error([InitErrorDetails(type=_custom("setting", message), loc=where, input=None)])


def explain(error: ValidationError, model: type[BaseModel], origins: Mapping[str, Origin]) -> ValidationError:
    """The same errors, each with its place, value (secrets masked) and remedy."""
    details: list[InitErrorDetails] = []
    told: set[str] = set()
    for one in error.errors(include_url=False, include_context=False):
        message = _message(one, model, origins)
        # A union reports each of its branches, a list each of its items; one sentence a setting says enough.
        setting = str(one["loc"][0]) if one["loc"] else message
        if setting not in told:
            told.add(setting)
            details.append(InitErrorDetails(type=_custom(one["type"], message), loc=one["loc"][:1], input=None))
    return _as_error(details)


def _as_error(details: list[InitErrorDetails]) -> ValidationError:
    return ValidationError.from_exception_data("FluxlitSettings", details, hide_input=True)


def _custom(kind: str, message: str) -> PydanticCustomError:
    # The message is an argument, as braces in it would be read as placeholders.
    # The stub wants a literal kind; ours is one that pydantic reported.
    return PydanticCustomError(kind, "{message}", {"message": message})  # pyright: ignore[reportArgumentType]


def _message(one: ErrorDetails, model: type[BaseModel], origins: Mapping[str, Origin]) -> str:
    if not one["loc"]:
        return one["msg"]
    name = str(one["loc"][0])
    field = model.model_fields.get(name)
    origin = origins.get(name)
    place = f"{origin}: " if origin else ""
    if field is None and one["type"] == "extra_forbidden":
        return place + _unknown(name, model, origin)
    if field is None:
        return f"{place}{name}: {one['msg']}"
    value = _MASK if is_secret(name, field) else repr(_shown(one["input"]))
    # What pydantic says about a secret may quote it.
    reason = (
        ""
        if is_secret(name, field) or one["type"].endswith(("_parsing", "_type", "literal_error"))
        else f" {one['msg']}."
    )
    return f"{place}{name} = {value} is not accepted.{reason} Give {accepted_values(field)}."


def _unknown(name: str, model: type[BaseModel], origin: Origin | None) -> str:
    near = get_close_matches(name.lower(), model.model_fields, n=1, cutoff=0.6)
    prefix = str(model.model_config.get("env_prefix", ""))
    variable = origin is not None and origin.kind in {"environment", "env file"}
    shown = prefix + name.upper() if variable else name
    if not near:
        return f"there is no setting {shown!r}; remove it ('fluxlit config' lists all settings)."
    right = prefix + near[0].upper() if variable else near[0]
    return f"there is no setting {shown!r}; did you mean {right!r}?"


def _shown(value: Any) -> object:
    return _MASK if isinstance(value, SecretStr) else value
