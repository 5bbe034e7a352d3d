"""Where the script is that Streamlit has to run."""

from pathlib import Path

__all__ = ("APP_VARIABLE", "main_path")

APP_VARIABLE = "FLUXLIT_APP"
"""Environment variable of the worker that names the application, as ``module:attribute``."""


def main_path() -> Path:
    """The Streamlit entry script of FluxLit applications; it expects ``FLUXLIT_APP`` in the environment."""
    return Path(__file__).parent / "entry" / "fluxlit_entry_script.py"
