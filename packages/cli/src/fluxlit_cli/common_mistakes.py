"""Recognises why an application cannot be imported, where the error itself does not say it."""

from pathlib import Path

__all__ = ("hidden_library", "hint_for")

_LIBRARIES = ("streamlit", "fluxlit", "fastapi", "uvicorn", "pydantic")


def hidden_library(folder: Path) -> str | None:
    """The file or folder of ``folder`` that hides a library of ours, or ``None``."""
    for name in _LIBRARIES:
        if (folder / f"{name}.py").is_file():
            return f"{name}.py"
        if (folder / name / "__init__.py").is_file():
            return f"{name}/"
    return None


def hint_for(error: BaseException, folder: Path) -> str:
    """What is probably wrong and what to do, or the empty string.

    Args:
        error: What the import raised.
        folder: Folder that modules are looked for in first.
    """
    hidden = hidden_library(folder)
    if hidden is not None and isinstance(error, ImportError | AttributeError):
        return f"{hidden} in this folder hides the library of that name. Rename it."
    if isinstance(error, ImportError) and "relative import" in str(error):
        return (
            "Relative imports work inside a package only: put an __init__.py into the folder and start from the folder "
            "above it, as in 'fluxlit run folder.app:app'."
        )
    return ""
