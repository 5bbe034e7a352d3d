"""From ``module:attribute`` to the object, in the same way for the command line, the tests and the sidecar.

Loading is serialised by one lock and done by Python's own import system, so that a thread never sees a module whose
import has not ended, and a module whose import fails fails in the same way for whoever asks next.
"""

import importlib
import os
import re
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import cast

from fluxlit_pages.errors import (
    TargetAttributeError,
    TargetImportError,
    TargetModuleNotFoundError,
    TargetSyntaxError,
    TargetTypeError,
)
from fluxlit_pages.page_app import PageApp
from fluxlit_pages.registry import PageRegistry

__all__ = ("load_page_app", "load_target", "source_folder", "split_target")

# Reentrant: a module may load a target while it is itself being loaded.
_loading = threading.RLock()
# What a module part led to from a working directory: a page's every run asks, and the search looks at every module.
_found: dict[tuple[str, str], ModuleType] = {}
_WINDOWS_DRIVE = re.compile(r"^[A-Za-z]:[\\/]")


def split_target(target: str) -> tuple[str, str]:
    """Divide ``module:attribute`` at its first colon (a Windows drive letter apart).

    Raises:
        TargetSyntaxError: One of the two parts is missing.
    """
    text = target.strip()
    start = 2 if _WINDOWS_DRIVE.match(text) else 0
    module, _, attribute = text[start:].partition(":")
    module, attribute = text[:start] + module.strip(), attribute.strip()
    if not module or not attribute:
        raise TargetSyntaxError(
            f"Target {target!r} is not of the form 'module:attribute'. Write for example 'app:app' for the object "
            "`app` in app.py, or 'path/to/app.py:app'."
        )
    return module, attribute


def load_target(target: str) -> object:
    """Import the module of ``module:attribute`` and return the attribute.

    A module part that ends in ``.py`` or holds a path separator is a file, relative to the working directory; so is a
    name without dots beside which ``<name>.py`` lies in the working directory. A file's folder becomes the first entry
    of ``sys.path``, and the module gets the file's stem as its name; a module already loaded from it is used again.

    Raises:
        TargetSyntaxError: `target` is not ``module:attribute``.
        TargetModuleNotFoundError: There is no such module or file.
        TargetImportError: The module raised on import; the cause is attached, each time anew.
        TargetAttributeError: The module has no such attribute.
    """
    module_part, attribute = split_target(target)
    with _loading:
        module = _known_module(module_part) or _load_module(module_part)
        value: object = module
        file = getattr(module, "__file__", None) or "no file"
        for name in attribute.split("."):
            try:
                value = getattr(value, name)
            except AttributeError as error:
                raise TargetAttributeError(
                    f"Module {module_part!r} ({file}) has no attribute {attribute!r}. "
                    f"It has: {_candidates(module)}. Name the object after the colon, as in '{module_part}:app'.",
                    name=name,
                    obj=value,
                ) from error
    return value


def load_page_app(target: str) -> PageApp:
    """Load an application with pages.

    Raises:
        TargetError: As `load_target`, or the object is no application (`TargetTypeError`).
    """
    value = load_target(target)
    if not isinstance(getattr(value, "page_registry", None), PageRegistry):
        raise TargetTypeError(
            f"Target {target!r} is a {type(value).__qualname__}, not a FluxLit application. "
            "Let it name the object made by `FluxLit(...)`."
        )
    return cast("PageApp", value)


def source_folder(target: str) -> Path | None:
    """The folder from which a loaded target's modules are imported, or None if it has no file."""
    with _loading:
        module = _known_module(split_target(target)[0])
        file = getattr(module, "__file__", None)
        if module is None or not isinstance(file, str):
            return None
        place = Path(file).resolve()
        levels = module.__name__.count(".") + (place.name == "__init__.py")
        return place.parents[levels]


def _known_module(module_part: str) -> ModuleType | None:
    module = _found.get((module_part, os.getcwd()))  # noqa: PTH109 - every run asks, and Path.cwd() takes ten times as long
    # Streamlit's file watcher and reloading tests take modules out of sys.modules; then the file is read again.
    return module if module is not None and sys.modules.get(module.__name__) is module else None


def _load_module(module_part: str) -> ModuleType:
    module = _search_module(module_part)
    _found[module_part, os.getcwd()] = module  # noqa: PTH109 - as in _known_module
    return module


def _search_module(module_part: str) -> ModuleType:
    path = _as_file(module_part)
    if path is None:
        return _import(module_part, module_part)
    if not path.is_file():
        raise TargetModuleNotFoundError(
            f"There is no file {module_part!r} in {Path.cwd()}. Check the path, or start from its folder.",
            name=path.stem,
        )
    return _load_file(path.resolve(), module_part)


def _as_file(module_part: str) -> Path | None:
    """The file that a module part means, or None for a name that Python's import finds."""
    if module_part.endswith(".py") or "/" in module_part or "\\" in module_part:
        return Path(module_part).expanduser()
    beside = Path(f"{module_part}.py")
    return beside if "." not in module_part and beside.is_file() else None


def _load_file(path: Path, module_part: str) -> ModuleType:
    # Streamlit's fake __main__ and an application run as a script are not what a worker should share.
    for name, module in tuple(sys.modules.items()):
        if name != "__main__" and _is_from(module, path):
            return _import(name, module_part)
    folder = str(path.parent)
    if sys.path[:1] != [folder]:
        sys.path.insert(0, folder)
        importlib.invalidate_caches()
    stale = sys.modules.get(path.stem)
    if stale is not None and not _is_from(stale, path):
        if path.stem in sys.stdlib_module_names:
            raise TargetImportError(
                f"{module_part!r} has the name of a module of Python's standard library that is already loaded. "
                "Rename the file.",
                name=path.stem,
                path=str(path),
            )
        del sys.modules[path.stem]
    return _import(path.stem, module_part)


def _import(name: str, module_part: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        # Only a missing target or parent package is "not found"; a missing dependency inside it is the module's fault.
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise TargetModuleNotFoundError(
                f"There is no module {module_part!r}: {error.name!r} is neither in {Path.cwd()} nor on sys.path. "
                "Start from the folder that holds it, install it, or name the file as in 'path/to/app.py:app'.",
                name=error.name,
            ) from error
        raise _import_failure(module_part, error) from error
    except (Exception, SystemExit) as error:
        raise _import_failure(module_part, error) from error


def _import_failure(module_part: str, error: BaseException) -> TargetImportError:
    return TargetImportError(
        f"Module {module_part!r} raised {type(error).__qualname__} while it was imported: {error}. "
        f"Correct that first; `python -c 'import {module_part.removesuffix('.py')}'` shows the same.",
        name=module_part,
    )


def _is_from(module: object, path: Path) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and file.endswith(path.name) and Path(file).resolve() == path


def _candidates(module: ModuleType) -> str:
    names = sorted(name for name in vars(module) if not name.startswith("_"))
    return ", ".join(names[:20]) or "nothing public"
