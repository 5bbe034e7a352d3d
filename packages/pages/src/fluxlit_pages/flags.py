"""Features that are off until someone asks for them."""

import os
from typing import Self

from pydantic.dataclasses import dataclass

__all__ = ("YIELD_PAGES_VARIABLE", "FluxlitFeatureFlags")

YIELD_PAGES_VARIABLE = "FLUXLIT_EXPERIMENTAL_YIELD_PAGES"
"""Environment variable that allows page functions to be generators."""
_TRUE = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True)
class FluxlitFeatureFlags:
    """Which experimental features are on; a page parameter with this annotation gets them."""

    experimental_yield_pages: bool = False
    """Whether page functions may be generators, each yielded value being metadata."""

    @classmethod
    def from_environ(cls) -> Self:
        """The flags that the environment sets: 1, true, yes or on, in any case."""
        return cls(experimental_yield_pages=os.environ.get(YIELD_PAGES_VARIABLE, "").strip().lower() in _TRUE)
