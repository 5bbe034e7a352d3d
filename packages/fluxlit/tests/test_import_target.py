"""The application finds its own `module:attribute`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fluxlit import FluxLit
from fluxlit.errors import TargetNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    MakeModule = Callable[[str, str], ModuleType]


def test_it_is_found_in_the_module_that_made_it(make_module: MakeModule) -> None:
    module = make_module("portal_module", "from fluxlit import FluxLit\n\nportal = FluxLit()\n")

    assert module.portal.resolve_import_target() == "portal_module:portal"


def test_it_is_found_where_a_factory_s_result_is_kept(make_module: MakeModule) -> None:
    make_module("factory_module", "from fluxlit import FluxLit\n\n\ndef make():\n    return FluxLit()\n")
    module = make_module("kept_module", "from factory_module import make\n\nkept = make()\n")

    assert module.kept.resolve_import_target() == "kept_module:kept"


def test_a_given_target_wins(make_module: MakeModule) -> None:
    module = make_module("given_module", "from fluxlit import FluxLit\n\napp = FluxLit(import_target=' other:app ')\n")

    assert module.app.resolve_import_target() == "other:app"


def test_an_object_that_nobody_keeps_is_an_error_with_the_remedy() -> None:
    app = FluxLit()

    with pytest.raises(TargetNotFoundError, match="import_target='module:attribute'"):
        app.resolve_import_target()


def test_a_program_is_named_by_its_file(make_module: MakeModule, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    module = make_module("program_module", "from fluxlit import FluxLit\n\napp = FluxLit()\n")
    # As `python program_module.py` would have it: the module is loaded under the name __main__ alone.
    app = module.app
    monkeypatch.delitem(sys.modules, "program_module")
    monkeypatch.setitem(sys.modules, "__main__", module)
    monkeypatch.setattr(app, "_created_in", "__main__")

    assert app.resolve_import_target() == f"{module.__file__}:app"
