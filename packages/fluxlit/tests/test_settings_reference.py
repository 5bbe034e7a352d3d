"""The reference page is what the fields say."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from fluxlit.settings import FluxlitSettings
from fluxlit.settings.reference import settings_reference

SCRIPTS = Path(__file__).parents[3] / "scripts"


def test_every_setting_is_described() -> None:
    text = settings_reference()
    for name, field in FluxlitSettings.model_fields.items():
        assert field.description, name
        assert f"\n`{name}`\n: {field.description}\n" in text


@pytest.mark.parametrize("script", ["generate-settings-reference.py", "generate-command-reference.py"])
def test_the_generated_page_is_fresh(script: str) -> None:
    if "command" in script and tuple(map(int, version("typer").split(".")[:2])) < (0, 29):
        pytest.skip("older versions of typer lay out help differently")
    done = subprocess.run(
        [sys.executable, str(SCRIPTS / script), "--check"], capture_output=True, text=True, timeout=170, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
