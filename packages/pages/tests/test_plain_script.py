from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fluxlit_pages import find_plain_script
from fluxlit_pages.errors import ScriptNotFoundError
from fluxlit_pages.plain_script import imported_modules
from fluxlit_pages.sidecar_setup import prepare_script

Write = Callable[[str, str], Path]


def test_a_script_with_its_pages(write_module: Write) -> None:
    main = write_module("dash/dashboard.py", "")
    pages = [write_module(f"dash/pages/{name}.py", "") for name in ("2_b", "1_a")]
    script = find_plain_script(main)
    assert (script.main, script.pages) == (main, (pages[1], pages[0]))


@pytest.mark.parametrize("names", [["streamlit_app.py", "a.py"], ["only.py"], ["b.py", "app.py", "main.py"]])
def test_a_folder_says_which_script_it_is(write_module: Write, tmp_path: Path, names: list[str]) -> None:
    for name in names:
        write_module(f"folder/{name}", "")
    assert find_plain_script(tmp_path / "folder").main.name in {"streamlit_app.py", "only.py", "app.py"}


def test_what_cannot_be_run_is_refused(write_module: Write, tmp_path: Path) -> None:
    write_module("folder/a.py", "")
    write_module("folder/b.py", "")
    with pytest.raises(ScriptNotFoundError, match=r"a\.py, b\.py"):
        find_plain_script(tmp_path / "folder")
    with pytest.raises(FileNotFoundError, match="nothing"):
        find_plain_script(tmp_path / "nothing.py")


def test_imports_of_the_script_and_of_its_own_modules_are_found(write_module: Write) -> None:
    main = write_module(
        "app/main.py", "import os\nimport own\ndef f():\n    from numpy import linalg\n    import pkg.inner"
    )
    write_module("app/own.py", "try:\n    import pandas as pd\nexcept ImportError: ...\nimport main\n")
    write_module("app/pkg/__init__.py", "from .inner import x\n")
    write_module("app/pkg/inner.py", "import altair.vegalite\n")
    write_module("app/pages/one.py", "this is no python")
    assert set(imported_modules(find_plain_script(main))) == {"numpy", "pandas", "altair.vegalite"}


def test_the_warm_up_imports_libraries_and_runs_nothing_of_the_users(
    write_module: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_module("library/warmed_library.py", "")
    write_module("library/broken_library.py", "raise ValueError")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "library"), *sys.path])
    main = write_module(
        "script/main.py", "import warmed_library, broken_library, missing_library\nraise SystemExit('ran')\n"
    )
    monkeypatch.setenv("FLUXLIT_SCRIPT", str(main))
    prepare_script()
    assert "warmed_library" in sys.modules
