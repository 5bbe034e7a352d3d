import py_compile
import sys
from pathlib import Path

import pytest

from fluxlit_cli.doctor.bytecode import reason_for_none


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "library" / "__init__.py"
    path.parent.mkdir()
    path.write_text("ANSWER = 42\n", encoding="utf-8")
    return path


def test_python_that_may_not_write_its_bytecode_is_found(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert reason_for_none(source) == "PYTHONDONTWRITEBYTECODE is set"


def test_compiled_code_is_enough(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    py_compile.compile(str(source), doraise=True)
    assert reason_for_none(source) == ""


def test_code_that_will_be_compiled_is_enough(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    assert reason_for_none(source) == ""
