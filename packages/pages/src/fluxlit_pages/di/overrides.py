"""Values that a test puts in the place of a page's parameters.

Keys are parameter names of the page (Depends, Header, Cookie, Query and plain ones alike), or dependency functions,
whose values are then called in their place, as with FastAPI's ``dependency_overrides``.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("OVERRIDES_VARIABLE", "PageOverrides", "all_overrides", "env_page_overrides")

OVERRIDES_VARIABLE = "FLUXLIT_TEST_PAGE_OVERRIDES"
"""Environment variable with a JSON object from parameter names to values."""

# Any, because the type of a mapping's keys is invariant: dict[str, object] would not fit a union of both kinds of key.
PageOverrides: TypeAlias = "Mapping[Any, Any]"
"""Values by parameter name, replacements by dependency function."""


def env_page_overrides() -> dict[str, Any]:
    """The overrides in ``FLUXLIT_TEST_PAGE_OVERRIDES``; empty if it is unset or no JSON object."""
    text = os.environ.get(OVERRIDES_VARIABLE)
    if not text:
        return {}
    try:
        value: object = json.loads(text)
    except ValueError:
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def all_overrides(explicit: PageOverrides | None = None) -> dict[Any, Any]:
    """The environment's overrides with the explicit ones over them."""
    return {**env_page_overrides(), **(explicit or {})}
