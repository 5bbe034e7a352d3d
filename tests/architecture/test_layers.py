"""The layering contract of pyproject.toml holds (import-linter), and it would notice when broken."""

import subprocess
import sys
from pathlib import Path


def lint_imports(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=120)


def test_the_packages_keep_their_layers(root: Path) -> None:
    result = lint_imports(root)

    assert result.returncode == 0, result.stdout + result.stderr


def test_a_broken_layer_would_be_reported(root: Path, tmp_path: Path) -> None:
    upside_down = tmp_path / "importlinter.ini"
    upside_down.write_text(
        "[importlinter]\nroot_packages =\n    fluxlit_pages\n    fluxlit_client\n\n"
        "[importlinter:contract:upside-down]\nname = upside down\ntype = layers\n"
        "layers =\n    fluxlit_client\n    fluxlit_pages\n"
    )

    result = lint_imports(root, "--config", str(upside_down))

    assert result.returncode == 1, result.stdout + result.stderr
    assert "upside down BROKEN" in result.stdout
