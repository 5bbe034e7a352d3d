"""Where the application object lives, as `module:attribute`: what a sidecar imports to have the same pages.

The object finds its own name, so that `uvicorn main:portal --port 9000` works without any setting: it remembers the
module that created it, and looks there for the attribute that holds it when the server starts.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING

from fluxlit.errors import TargetNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ("creating_module", "find_import_target")


def creating_module(depth: int) -> str | None:
    """The name of the module whose code is running `depth` calls above the caller, or `None`."""
    try:
        frame = sys._getframe(depth + 1)  # noqa: SLF001 - the documented, and only, way to one's caller
    except ValueError:
        return None
    return frame.f_globals.get("__name__")


def find_import_target(app: object, *, created_in: str | None) -> str:
    """The `module:attribute` under which a fresh process finds `app`.

    Looks in the module that created it, then in every loaded module of the project (a factory in one module, the
    attribute in another). A module that runs as a program (`__main__`) is named by its file: `path/to/app.py:app`.

    Raises:
        TargetNotFoundError: No module holds the object as an attribute.
    """
    for name, module in _candidates(created_in):
        attribute = next((key for key, value in vars(module).items() if value is app), None)
        if attribute is None:
            continue
        if name != "__main__":
            return f"{name}:{attribute}"
        file = getattr(module, "__file__", None)
        if file:
            return f"{os.path.abspath(file)}:{attribute}"  # noqa: PTH100 - resolve() would follow links to another folder
    raise TargetNotFoundError(
        "no module holds this FluxLit object as an attribute, so the pages' process cannot import it. "
        "Bind it to a module-level name (`app = FluxLit(...)`), or name it: FluxLit(import_target='module:attribute')."
    )


def _candidates(created_in: str | None) -> Iterator[tuple[str, ModuleType]]:
    # Not every entry of sys.modules is a module, whatever its type says: some libraries put lazy objects there.
    loaded: dict[str, object] = dict(sys.modules)
    first = loaded.get(created_in or "")
    if created_in and isinstance(first, ModuleType):
        yield created_in, first
    for name, module in loaded.items():
        # Packages of FluxLit hold the object in frames and caches, never as a name that a new process would have.
        if isinstance(module, ModuleType) and name != created_in and name.partition(".")[0] != "fluxlit":
            yield name, module
