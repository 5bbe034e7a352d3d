"""Names the file of the user's that is imported in place of a library: a ``streamlit.py`` beside the application.

The working folder and the script's come first when a module is looked for, as under ``streamlit run``, so a file there
hides the library of its name from everybody in the process, and the error that follows seldom says so.
"""

from __future__ import annotations

import sys
import sysconfig
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ("hint_for_hidden_library", "hint_for_hidden_names")

_LIBRARIES = tuple({sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib")})
# Libraries wherever they are found: installed in place, too, as one works on them.
_KNOWN = frozenset({"fluxlit", "streamlit"})


def hint_for_hidden_library(error: BaseException) -> str:
    """What to do about the file that is the reason of an error in an import; empty where none is."""
    if not isinstance(error, (ImportError, AttributeError)):
        return ""
    wanted = error.name if isinstance(error, ImportError) and error.name else ""
    names = {name for name in tuple(sys.modules) if "." not in name and name != "__main__"}
    return hint_for_hidden_names(sorted({*names, wanted.partition(".")[0]} - {""}))


def hint_for_hidden_names(names: Iterable[str]) -> str:
    """What to do about files that hide libraries of these names; empty where none does."""
    hiding = [f"{_short(file)!r} is imported in place of the library {name!r}" for name, file in _hiding(names)]
    return f"{' and '.join(hiding)}: rename the file" if hiding else ""


def _hiding(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    for name in names:
        first = _found(name, sys.path)
        if first and not first.startswith(_LIBRARIES) and _is_hidden(name, first):
            yield name, first


def _is_hidden(name: str, file: str) -> bool:
    found = [other for entry in sys.path if (other := _found(name, [entry])) and other != file]
    return any(name in _KNOWN or other.startswith(_LIBRARIES) for other in found)


def _found(name: str, path: list[str]) -> str:
    # Whatever finders the environment has added look elsewhere; a file beside the application is found by this one.
    spec = PathFinder.find_spec(name, path)
    return (spec.origin or "") if spec is not None and spec.has_location else ""


def _short(file: str) -> str:
    path = Path(file)
    place = path.parent if path.name == "__init__.py" else path
    return str(place.relative_to(Path.cwd())) if place.is_relative_to(Path.cwd()) else str(place)
