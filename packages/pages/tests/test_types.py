from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CASES = Path(__file__).parent / "typing"
ROOT = Path(__file__).parents[3]


def pyright(*files: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pyright", "--project", str(ROOT / "pyproject.toml"), *map(str, files)],
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
        env={**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
    )


@pytest.mark.slow
def test_decorators_keep_the_type_of_the_function() -> None:
    ended = pyright(CASES / "decorated_pages.py")
    assert ended.returncode == 0, ended.stdout
