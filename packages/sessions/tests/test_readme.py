from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fluxlit_sessions import InMemorySessionStore, RedisSessionStore, SQLiteSessionStore, errors

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_of_the_readme_runs(number: int, tmp_path: Path) -> None:
    script = tmp_path / "example.py"
    script.write_text(EXAMPLES[number], encoding="utf-8")
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("store", [InMemorySessionStore, SQLiteSessionStore, RedisSessionStore])
def test_the_readme_names_every_option_with_its_default(store: type) -> None:
    for name, parameter in inspect.signature(store.__init__).parameters.items():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and name != "clock":
            row = next(line for line in README.splitlines() if line.startswith(f"| `{name}` |"))
            shown = {None: "none", False: "false"}.get(parameter.default, f"{parameter.default}")
            assert shown.removesuffix(".0") in row


def test_the_readme_names_every_error() -> None:
    assert [name for name in errors.__all__ if f"`{name}`" not in README] == []
