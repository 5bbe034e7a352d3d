"""The README's examples run as they stand, and its tables name every option."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel

from fluxlit_auth import JWTAuthConfig, OIDCBFFConfig, TrustedProxyUserConfig

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
EXAMPLES: list[str] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_of_the_readme_runs(number: int, tmp_path: Path) -> None:
    script = tmp_path / "example.py"
    script.write_text(EXAMPLES[number], "utf-8")

    result = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("options", [JWTAuthConfig, OIDCBFFConfig, TrustedProxyUserConfig])
def test_every_option_is_in_a_table(options: type[BaseModel]) -> None:
    table = README.partition(f"| `{options.__name__}` |")[2].partition("\n\n")[0]
    first_cells = " ".join(row.split("|")[1] for row in table.splitlines() if row.startswith("| "))

    # FluxLit sets the prefix of its API itself.
    assert set(options.model_fields) - {"api_prefix"} <= set(re.findall(r"`(\w+)`", first_cells))
