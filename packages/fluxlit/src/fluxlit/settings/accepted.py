"""Says in words which values a setting accepts; used in errors and in the reference page."""

import types
import typing
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

__all__ = ("accepted_values", "is_secret")

_PLAIN: dict[Any, str] = {
    bool: "true or false",
    str: "text",
    SecretStr: "text, kept secret",
    list: 'a list: a, b or ["a", "b"]',
    dict: "a JSON object",
    type(None): "nothing",
}


def accepted_values(field: FieldInfo) -> str:
    """What may be given for ``field``, in words."""
    return _describe(field.annotation, _limits(field.metadata))


def is_secret(name: str, field: FieldInfo | None) -> bool:
    """Whether the value of a setting must never be shown."""
    if field is not None and SecretStr in _leaves(field.annotation):
        return True
    return any(word in name.lower() for word in ("secret", "password", "token", "private_key"))


def _leaves(annotation: Any) -> list[Any]:
    if get_origin(annotation) in {Union, types.UnionType, Annotated}:
        return [leaf for part in get_args(annotation) for leaf in _leaves(part)]
    return [annotation]


def _limits(metadata: Iterable[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in metadata:
        if isinstance(item, FieldInfo):
            found |= _limits(item.metadata)
        for name in ("ge", "gt", "le", "lt"):
            if getattr(item, name, None) is not None:
                found[name] = getattr(item, name)
    return found


def _describe(annotation: Any, limits: dict[str, Any]) -> str:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *metadata = get_args(annotation)
        return _describe(inner, limits | _limits(metadata))
    if origin in {Union, types.UnionType}:
        return " or ".join(_describe(part, limits) for part in get_args(annotation))
    if origin is Literal:
        choices = [str(choice) for choice in get_args(annotation)]
        return "one of " + ", ".join(choices) if len(choices) > 1 else repr(choices[0])
    if annotation in {int, float}:
        return ("a whole number" if annotation is int else "a number") + _range(limits)
    return _PLAIN.get(typing.get_origin(annotation) or annotation, getattr(annotation, "__name__", str(annotation)))


def _range(limits: dict[str, Any]) -> str:
    low, high = limits.get("ge"), limits.get("le")
    if low is not None and high is not None:
        return f" from {low} to {high}"
    if "gt" in limits:
        return f" above {limits['gt']}"
    return f" of at least {low}" if low is not None else ""
