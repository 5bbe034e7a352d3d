"""Streamlit's search for components in installed packages, at less cost.

When a runtime is made, Streamlit asks each installed package whether its name, summary or requirements mention
Streamlit, and parses the package's metadata four times for that: a quarter of a second for 160 packages. A package
whose metadata do not hold the word anywhere need not be asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.metadata import Distribution

__all__ = ("search_components_quickly",)

_MARK = "_fluxlit_stands_in"


def search_components_quickly() -> bool:
    """Look at the text of a package's metadata before Streamlit parses it; whether this Streamlit allows it."""
    try:
        from streamlit.components.v2 import manifest_scanner  # noqa: PLC0415 - a later Streamlit may have it elsewhere
    except ImportError:
        return False
    original: Any = getattr(manifest_scanner, "_is_likely_streamlit_component_package", None)
    if original is None or hasattr(original, _MARK):
        return original is not None

    def is_likely(dist: Distribution) -> bool:
        return _mentions_streamlit(dist) and original(dist)

    setattr(is_likely, _MARK, True)
    manifest_scanner._is_likely_streamlit_component_package = is_likely  # noqa: SLF001 - there is no option for it
    return True


def _mentions_streamlit(dist: Distribution) -> bool:
    try:
        # Where importlib.metadata looks for it in an installed package; it knows more places for others.
        text = dist.read_text("METADATA")
    except (OSError, ValueError):
        return True
    return not text or "streamlit" in text.lower()
