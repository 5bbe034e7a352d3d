"""Reads a session's plain JSON data into a model, so that dates, decimals and enums come back as they were."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import TypeAdapter

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("read_as",)

_T = TypeVar("_T")


def read_as(model: type[_T], data: Mapping[str, Any]) -> _T:
    """`data` as an instance of `model`: a pydantic model, a dataclass or a `TypedDict`.

    JSON rules apply, also to models in strict mode: a date is read from its text, a decimal from its digits. Fields are
    found by their name and by their alias.

    Raises:
        pydantic.ValidationError: The data does not fit.
    """
    adapter = cast("TypeAdapter[_T]", _adapter(model))
    return adapter.validate_json(json.dumps(dict(data)), by_alias=True, by_name=True)


@lru_cache(maxsize=256)
def _adapter(model: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(model)
