"""The documentation builds with warnings as errors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_pages_build_without_a_warning(tmp_path: Path) -> None:
    docs = Path(__file__).resolve().parents[2] / "docs"
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "--keep-going",
        "-q",
        "-b",
        "html",
        "-d",
        str(tmp_path / "doctrees"),
    ]

    result = subprocess.run(
        [*command, str(docs), str(tmp_path / "html")], capture_output=True, text=True, check=False, timeout=300
    )

    assert result.returncode == 0, result.stderr
    assert (tmp_path / "html" / "quick-start.html").is_file()
