"""Pages from the modules of a folder, each of which may have a ``register(app)``."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ("register_modules",)


def register_modules(app: object, directory: str, *, package: str) -> None:
    """Import the modules of ``package.directory`` in the order of their names and call what they call ``register``.

    Sub-packages and modules whose name starts with an underscore are left alone. A module's own import error comes
    through unchanged; what was registered before it stays registered.

    Raises:
        ModuleNotFoundError: There is no such package.
        TypeError: `package` is a module.
        ImportError: The package has no such folder, or the folder's own ``__init__`` raised.
    """
    parent = importlib.import_module(package)
    if not hasattr(parent, "__path__"):
        raise TypeError(
            f"package={package!r} is a module, not a package. Name the package that holds the folder {directory!r}."
        )
    folder = _import_folder(f"{package}.{directory.strip('/').replace('/', '.')}")
    found = sorted(info.name for info in pkgutil.iter_modules(folder.__path__) if not info.ispkg)
    for name in found:
        if name.startswith("_"):
            continue
        module = importlib.import_module(f"{folder.__name__}.{name}")
        register = getattr(module, "register", None)
        if callable(register):
            register(app)


def _import_folder(name: str) -> ModuleType:
    try:
        folder = importlib.import_module(name)
    except Exception as error:
        raise ImportError(
            f"Cannot import the folder of pages {name!r}: {type(error).__name__}: {error}. "
            "Check its name, and that it can be imported.",
            name=name,
        ) from error
    if not hasattr(folder, "__path__"):
        raise ImportError(f"{name!r} is a module, not a folder of pages. Name the folder that holds it.", name=name)
    return folder
