"""The documented module path of the feature flags; the code is `fluxlit_pages.flags`'s."""

from fluxlit_pages.flags import (
    FluxlitFeatureFlags,
)

__all__ = ("FluxlitFeatureFlags",)
