"""Documented applications of 0.13.2, as their authors would have written them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def write_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Writes `app.py` into an empty working directory and gives its target."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.delitem(sys.modules, "app", raising=False)

    def write(source: str) -> str:
        (tmp_path / "app.py").write_text(source)
        # What the test imports from there is gone with the test.
        monkeypatch.delitem(sys.modules, "app", raising=False)
        return "app:app"

    return write
