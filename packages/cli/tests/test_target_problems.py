from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run


def fails(run: Run, *arguments: str, **variables: str) -> str:
    """Run until it ends by itself: one message, no traceback."""
    command = run("run", *arguments, **variables)
    assert command.end() == 1, command.text
    assert "Traceback" not in command.text
    assert command.text.startswith("fluxlit: ")
    assert command.text.count("fluxlit: ") == 1
    return command.text


def test_an_unknown_module_is_named_with_the_remedy(run: Run) -> None:
    text = fails(run, "nowhere:app")
    assert "'nowhere'" in text
    assert "path/to/app.py:app" in text


def test_an_unknown_attribute_is_named_with_what_there_is(run: Run) -> None:
    text = fails(run, "app:nope")
    assert "'nope'" in text
    assert "app" in text


def test_a_target_without_an_attribute_is_refused(run: Run) -> None:
    assert "module:attribute" in fails(run, "app")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("x = 1\nraise RuntimeError('no database')\n", ["RuntimeError: no database", "broken.py, line 2"]),
        ("def f(:\n", ["SyntaxError", "broken.py, line 1"]),
        ("import sys\nsys.exit(4)\n", ["exit code 4"]),
        ("import not_installed_anywhere\n", ["not_installed_anywhere", "broken.py, line 1"]),
        (
            "from fastapi import FastAPI\napp = FastAPI()\n",
            ["of the type FastAPI", "FluxLit(...)", "uvicorn broken:app"],
        ),
        ("from . import other\n", ["relative import", "__init__.py"]),
        ("app = 3\n", ["is of the type int, not a FluxLit application", "'broken:app'"]),
    ],
)
def test_what_is_wrong_with_the_module_is_said_in_one_message(
    run: Run, folder: Path, code: str, told: list[str]
) -> None:
    (folder / "broken.py").write_text(code, encoding="utf-8")
    text = fails(run, "broken:app")
    for part in told:
        assert part in text


def test_a_page_registered_twice_is_named_with_the_line(run: Run, folder: Path) -> None:
    (folder / "twice.py").write_text(
        "from fluxlit import FluxLit\n"
        "app = FluxLit()\n"
        "@app.page('/a')\ndef one(st, client): ...\n"
        "@app.page('/a')\ndef two(st, client): ...\n",
        encoding="utf-8",
    )
    text = fails(run, "twice:app")
    assert "'/a'" in text
    assert "twice.py, line 5" in text


def test_a_bad_setting_is_named_with_its_variable_and_what_is_accepted(run: Run, folder: Path) -> None:
    (folder / "plain.py").write_text("from fluxlit import FluxLit\napp = FluxLit()\n", encoding="utf-8")
    text = fails(run, "plain:app", FLUXLIT_GATEWAY_PORT="eighty")
    assert "FLUXLIT_GATEWAY_PORT" in text
    assert "'eighty'" in text
    assert "a whole number from 0 to 65535" in text


def test_the_target_of_the_project_file_is_used(run: Run, folder: Path) -> None:
    (folder / "fluxlit.toml").write_text('target = "elsewhere:app"\n', encoding="utf-8")
    assert "'elsewhere'" in fails(run)


def test_a_project_file_that_is_no_toml_is_named(run: Run, folder: Path) -> None:
    (folder / "plain.py").write_text("from fluxlit import FluxLit\napp = FluxLit()\n", encoding="utf-8")
    (folder / "fluxlit.toml").write_text("target = \n", encoding="utf-8")
    assert "fluxlit.toml" in fails(run, "plain:app")


def test_a_module_that_hides_a_library_is_named(run: Run, folder: Path) -> None:
    (folder / "plain.py").write_text("from fluxlit import FluxLit\napp = FluxLit()\n", encoding="utf-8")
    (folder / "fluxlit.py").write_text("", encoding="utf-8")
    assert "fluxlit.py in this folder hides the library of that name" in fails(run, "plain:app")


def test_an_import_that_takes_long_is_told(run: Run, folder: Path, tmp_path: Path) -> None:
    fifo = tmp_path / "gate"
    os.mkfifo(fifo)
    (folder / "slow.py").write_text(f"open({str(fifo)!r}).read()\nraise RuntimeError('late')\n", encoding="utf-8")
    command = run("run", "slow:app")
    command.line_with("Still importing 'slow:app'")
    with fifo.open("w", encoding="utf-8"):
        pass
    assert command.end() == 1
    assert "late" in command.text
