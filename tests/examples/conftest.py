"""The examples of the repository."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def examples() -> Path:
    return Path(__file__).resolve().parents[2] / "examples"
