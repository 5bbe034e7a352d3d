"""Sends secrets as they are: pydantic masks ``SecretStr`` and its kin in JSON, and an endpoint needs the real value."""

from __future__ import annotations

from typing import Any, Protocol, cast, runtime_checkable

from pydantic import SecretBytes, SecretStr

__all__ = ("MASK", "revealed")

MASK = "**********"
"""What pydantic writes in place of a secret."""


@runtime_checkable
class _Secret(Protocol):
    def get_secret_value(self) -> object: ...


def revealed(masked: Any, original: Any) -> Any:
    """A JSON value with its masks replaced.

    Args:
        masked: What pydantic dumped in JSON mode.
        original: What it dumped in Python mode with the same options, so that both have the same shape.
    """
    if isinstance(original, SecretStr | SecretBytes | _Secret):
        secret = original.get_secret_value()
        return secret.decode() if isinstance(secret, bytes) else secret
    if isinstance(masked, dict):
        members = cast("dict[str, Any]", masked)
        originals = cast("dict[Any, Any]", original).values()
        return {key: revealed(value, item) for (key, value), item in zip(members.items(), originals, strict=True)}
    if isinstance(masked, list):
        values = cast("list[Any]", masked)
        return [revealed(value, item) for value, item in zip(values, cast("list[Any]", original), strict=True)]
    return masked
