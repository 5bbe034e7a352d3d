"""The documentation builds with warnings as errors."""

from __future__ import annotations

import re
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
    html = tmp_path / "html"
    assert (html / "quick-start.html").is_file()
    assert (html / "searchindex.js").is_file()
    # Made from the code while the site is built.
    assert "build_gateway" in (html / "generated" / "python-api.html").read_text("utf-8")
    assert "streamlit" in (html / "generated" / "support-matrix.html").read_text("utf-8")
    index = (html / "llms.txt").read_text("utf-8")
    linked = re.findall(r"\]\(([^)]+)\)", index)
    assert len(linked) > 20
    assert [page for page in linked if not (html / page).is_file()] == []
    # A phone gets a page of its own width.
    assert 'name="viewport"' in (html / "index.html").read_text("utf-8")
