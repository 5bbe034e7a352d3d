"""Bring your own: a Streamlit script, or a folder with ``pages/``, that knows nothing of FluxLit.

A worker runs such a script as it is. What FluxLit adds is the warm-up: the third-party modules that the script, its
pages and their own modules name are imported before the first visitor comes. The user's own code is only read, never
run early.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fluxlit_pages.errors import ScriptNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ("SCRIPT_VARIABLE", "PlainScript", "find_plain_script", "imported_modules", "warm_imports")

SCRIPT_VARIABLE = "FLUXLIT_SCRIPT"
"""Environment variable of the worker that names the script, for `fluxlit_pages.sidecar_setup.prepare_script`."""

# What Streamlit's own documentation and templates call the main script, in order of preference.
_USUAL_NAMES = ("streamlit_app.py", "app.py", "main.py", "Home.py", "home.py", "index.py")
_LOG = logging.getLogger("fluxlit.pages")


@dataclass(frozen=True, slots=True)
class PlainScript:
    """A Streamlit script and the pages beside it."""

    main: Path
    """What Streamlit runs; absolute."""
    pages: tuple[Path, ...]
    """The scripts of its ``pages`` folder, which Streamlit finds by itself."""


def find_plain_script(path: str | Path) -> PlainScript:
    """Find what to run.

    Args:
        path: A script, or a folder: its ``streamlit_app.py``, ``app.py``, ``main.py``, ``home.py`` or ``index.py`` is
            taken, or the only script in it.

    Raises:
        ScriptNotFoundError: There is none, or the folder holds several and none of these names.
    """
    given = Path(path).expanduser()
    if given.is_dir():
        given = _main_of_folder(given)
    if not given.is_file():
        raise ScriptNotFoundError(f"There is no Streamlit script {str(path)!r} in {Path.cwd()}. Check the path.")
    main = given.resolve()
    return PlainScript(main, tuple(sorted((main.parent / "pages").glob("*.py"))))


def imported_modules(script: PlainScript) -> list[str]:
    """The third-party modules that the script, its pages and their own modules import, in order of appearance."""
    found: dict[str, None] = {}
    waiting = [script.main, *script.pages]
    read: set[Path] = set()
    while waiting:
        file = waiting.pop()
        if file in read:
            continue
        read.add(file)
        for name in _imports_of(file):
            own = _own_file(name, script.main.parent)
            if own is not None:
                waiting.append(own)
            elif name.partition(".")[0] not in sys.stdlib_module_names:
                found.setdefault(name)
    return list(found)


def warm_imports(script: PlainScript) -> None:
    """Import what `imported_modules` names; a module that cannot be imported is left to the script."""
    for name in imported_modules(script):
        try:
            importlib.import_module(name)
        except Exception:  # noqa: BLE001 - the script may guard this import; if not, its own run shows the error
            _LOG.debug("could not import %s ahead of %s", name, script.main, exc_info=True)


def _main_of_folder(folder: Path) -> Path:
    scripts = sorted(folder.glob("*.py"))
    usual = [folder / name for name in _USUAL_NAMES if (folder / name).is_file()]
    if usual:
        return usual[0]
    if len(scripts) == 1:
        return scripts[0]
    names = ", ".join(script.name for script in scripts) or "no script"
    raise ScriptNotFoundError(
        f"Folder {str(folder)!r} holds {names}, and none of them is called {', '.join(_USUAL_NAMES)}. "
        "Name the script itself."
    )


def _imports_of(file: Path) -> Iterator[str]:
    with contextlib.suppress(OSError, SyntaxError, ValueError):  # the script's own run shows what is wrong with it
        for node in ast.walk(ast.parse(file.read_bytes(), str(file))):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module


def _own_file(name: str, folder: Path) -> Path | None:
    base = folder.joinpath(*name.split("."))
    candidates = (base.with_suffix(".py"), base / "__init__.py", folder / name.partition(".")[0] / "__init__.py")
    return next((candidate for candidate in candidates if candidate.is_file()), None)
