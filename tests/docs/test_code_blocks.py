"""What the pages show works: Python blocks run, and commands have the options that are shown."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CodeBlock


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_a_python_block_runs(python_block: CodeBlock, tmp_path: Path) -> None:
    script = tmp_path / "app.py"
    script.write_text(python_block.text)

    result = run(sys.executable, str(script), cwd=tmp_path)

    assert result.returncode == 0, f"{python_block.page}:{python_block.line}\n{result.stderr}"


def test_a_shown_command_exists_with_its_options(console_block: CodeBlock, tmp_path: Path) -> None:
    lines = [line.removeprefix("$ ") for line in console_block.text.splitlines() if line.startswith("$ fluxlit ")]
    for line in lines:
        words = shlex.split(line, comments=True)[1:]
        command = [word for word in words if not word.startswith("-")][:1]
        options = [word.partition("=")[0] for word in words if word.startswith("-")]

        shown = run(sys.executable, "-m", "fluxlit", *command, "--help", cwd=tmp_path)

        assert shown.returncode == 0, line
        missing = [option for option in options if option not in shown.stdout]
        assert not missing, f"{line}: no such options: {missing}"


def test_the_readme_shows_the_quick_start(root: Path, every_block: list[CodeBlock]) -> None:
    example = (root / "examples" / "quickstart" / "app.py").read_text("utf-8")
    shown = [block.text for block in every_block if block.page == "README.md" and block.language == "python"]

    assert example in shown


def test_the_readme_shows_the_two_commands(root: Path) -> None:
    readme = (root / "README.md").read_text("utf-8")
    makefile = (root / "Makefile").read_text("utf-8")

    for target in ("demo", "test"):
        assert f"make {target} " in readme
        assert f"\n{target}: " in makefile
