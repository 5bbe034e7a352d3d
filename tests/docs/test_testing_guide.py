"""The testing guide: its blocks are the files of a suite, which passes."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CodeBlock


@pytest.mark.browser
@pytest.mark.timeout(400)
def test_the_guides_suite_passes(every_block: list[CodeBlock], tmp_path: Path) -> None:
    blocks = [each for each in every_block if each.page == "docs/testing.md" and each.language in {"python", "ini"}]
    for block in blocks:
        name = block.text.partition("\n")[0].removeprefix("# ")
        assert name.endswith((".py", ".ini")), f"line {block.line}: the block does not name its file"
        (tmp_path / name).write_text(block.text)
    (tmp_path / "conftest.py").write_text(
        "import pytest\n\n\n@pytest.fixture\ndef anyio_backend():\n    return 'asyncio'\n"
    )

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "--update-openapi", "-W", "error"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=380,
    )

    tests = sum(block.text.count("def test_") for block in blocks)
    assert f"{tests} passed" in run.stdout, run.stdout + run.stderr
