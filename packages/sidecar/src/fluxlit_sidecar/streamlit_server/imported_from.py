"""Whether modules would be found somewhere else, had other folders been searched first."""

from __future__ import annotations

import sys
from importlib.machinery import all_suffixes
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ("hide_what_is_imported",)

_SUFFIXES = tuple(all_suffixes())


def hide_what_is_imported(folders: Iterable[str]) -> bool:
    """Whether one of `folders` holds a module with the name of one that this process has imported from elsewhere."""
    files = {
        name: Path(file)
        for name, module in tuple(sys.modules.items())
        if "." not in name and name != "__main__" and (file := getattr(module, "__file__", None))
    }
    return any(_hides(Path(folder), files) for folder in folders)


def _hides(folder: Path, files: dict[str, Path]) -> bool:
    try:
        entries = [entry.name for entry in folder.iterdir()]
    except OSError:
        return False
    for entry in entries:
        name, _, suffix = entry.partition(".")
        file = files.get(name)
        if file is None or folder in (file.parent, file.parent.parent):
            continue
        if f".{suffix}" in _SUFFIXES or (not suffix and (folder / entry / "__init__.py").exists()):
            return True
    return False
