"""What a person gets wrong: one clear message that names the thing and the remedy, and nothing left running."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

APPS = {
    "raises.py": "raise RuntimeError('no database today')\n",
    "plain.py": "from fastapi import FastAPI\n\napp = FastAPI()\nnumber = 3\n",
    "twice.py": (
        "from fluxlit import FluxLit\n\napp = FluxLit()\n\n\n@app.page('/reports')\ndef first(st): ...\n\n\n"
        "@app.page('/reports')\ndef second(st): ...\n"
    ),
    "good.py": "from fluxlit import FluxLit\n\napp = FluxLit()\n\n\n@app.page('/')\ndef home(st): ...\n",
}

MISTAKES = {
    "no such module": ("missing:app", ["missing"]),
    "no such attribute": ("good:portal", ["portal", "good"]),
    "no attribute named": ("good:", ["module:attribute"]),
    "the module raises": ("raises:app", ["raises", "no database today"]),
    "a FastAPI instead": ("plain:app", ["plain:app", "FastAPI", "FluxLit"]),
    "something else": ("plain:number", ["plain:number", "int", "FluxLit"]),
    "a page twice": ("twice:app", ["/reports", "twice.py", "another path"]),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, source in APPS.items():
        (tmp_path / name).write_text(source)
    return tmp_path


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("command", ["run", "dev"])
def test_a_mistake_is_named_and_nothing_starts(
    fluxlit: Callable[..., subprocess.CompletedProcess[str]], project: Path, command: str, mistake: str
) -> None:
    target, names = MISTAKES[mistake]

    result = fluxlit(command, target, "--port", "0", cwd=project)

    assert result.returncode not in {0, 2}, result.stdout
    for name in names:
        assert name in result.stderr
    assert "Traceback" not in result.stderr
    assert "running on" not in result.stdout + result.stderr


def test_a_port_in_use_is_named_before_anything_starts(
    fluxlit: Callable[..., subprocess.CompletedProcess[str]], project: Path, taken_port: int
) -> None:
    result = fluxlit("run", "good:app", "--port", str(taken_port), cwd=project)

    assert result.returncode == 3
    assert str(taken_port) in result.stderr
    assert "--port" in result.stderr
    assert "Traceback" not in result.stderr
