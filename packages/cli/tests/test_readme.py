import re
import subprocess
import sys
from pathlib import Path

from typer.main import get_command
from typer.testing import CliRunner

from fluxlit_cli.main import app

README = Path(__file__).parents[1] / "README.md"


def test_the_example_of_the_readme_runs(tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "['.gitignore', 'README.md', 'app.py', 'fluxlit.toml', 'pyproject.toml', 'test_app.py']",
        "2",
    ]


def test_the_readme_names_every_command() -> None:
    text = README.read_text(encoding="utf-8")
    listed = re.findall(
        r"^  (\S+) ", CliRunner().invoke(app, ["--help"]).stdout.partition("Commands:")[2], re.MULTILINE
    )
    assert listed
    assert get_command(app).name == "fluxlit"
    assert [name for name in listed if f"`{name}" not in text] == []
