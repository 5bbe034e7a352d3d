"""Settings: every field, its sources in order, and errors that name the place and the remedy."""

from fluxlit.settings.model import FluxlitSettings
from fluxlit.settings.origins import Origin

__all__ = ("FluxlitSettings", "Origin")
