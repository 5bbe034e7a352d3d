"""Sends secrets as they are: pydantic masks ``SecretStr`` and its kin in JSON, and an endpoint needs the real value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from pydantic import SecretBytes, SecretStr

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("dump_for_sending",)

_MASK = "**********"


@runtime_checkable
class _Secret(Protocol):
    def get_secret_value(self) -> object: ...


def dump_for_sending(dump: Callable[..., Any]) -> Any:
    """What ``dump(mode="json")`` gives, with secrets in place of their masks.

    Args:
        dump: Pydantic's ``dump_python`` or ``model_dump``, bound to its value and its options.
    """
    dumped = dump(mode="json")
    # In Python mode secrets stay what they are, and the result has the same shape.
    return _revealed(dumped, dump(mode="python")) if _MASK in repr(dumped) else dumped


def _revealed(masked: Any, original: Any) -> Any:
    if isinstance(original, SecretStr | SecretBytes | _Secret):
        secret = original.get_secret_value()
        return secret.decode() if isinstance(secret, bytes) else secret
    if isinstance(masked, dict):
        members = cast("dict[str, Any]", masked)
        originals = cast("dict[Any, Any]", original).values()
        return {key: _revealed(value, item) for (key, value), item in zip(members.items(), originals, strict=True)}
    if isinstance(masked, list):
        values = cast("list[Any]", masked)
        return [_revealed(value, item) for value, item in zip(values, cast("list[Any]", original), strict=True)]
    return masked
