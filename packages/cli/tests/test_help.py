import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fluxlit_cli.main import app

COMMANDS = (
    "dev",
    "run",
    "workbench",
    "shutdown",
    "reload",
    "status",
    "doctor",
    "config",
    "build",
    "new",
    "pages",
    "keys",
)
HEAVY = {"fastapi", "streamlit", "pandas", "pydantic_settings", "uvicorn", "starlette", "aiohttp", "httpx2", "rich"}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["new", "--help"], ["shutdown"], ["status"], ["reload"], ["dev", "--help"]]
)
def test_c5_quick_commands_import_nothing_heavy(arguments: list[str], tmp_path: Path, environ: dict[str, str]) -> None:
    script = (
        "import sys, json, atexit\n"
        "atexit.register(lambda: sys.stderr.write(json.dumps(sorted({m.partition('.')[0] for m in sys.modules}))))\n"
        f"sys.argv = ['fluxlit', *{arguments!r}]\n"
        "from fluxlit_cli.main import main\nmain()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert HEAVY.isdisjoint(json.loads(done.stderr.splitlines()[-1]))


def test_c5_help_loads_few_modules(tmp_path: Path, environ: dict[str, str]) -> None:
    script = (
        "import sys\nbefore = len(sys.modules)\nsys.argv = ['fluxlit', '--help']\n"
        "import atexit\natexit.register(lambda: sys.stderr.write(str(len(sys.modules) - before)))\n"
        "from fluxlit_cli.main import main\nmain()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    # 0.13.2 loaded more than 1,500; rich alone would add 150.
    assert int(done.stderr) < 300


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.stdout


def test_help_lists_every_command() -> None:
    listed = CliRunner().invoke(app, ["--help"]).stdout
    assert all(f"\n  {command} " in listed for command in COMMANDS)


def test_without_a_command_the_help_is_shown_with_exit_2() -> None:
    assert CliRunner().invoke(app, []).exit_code == 2


def test_an_unknown_command_exits_with_2() -> None:
    result = CliRunner().invoke(app, ["serve"])
    assert result.exit_code == 2
    assert "serve" in result.output


def test_version_names_the_distribution() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert result.exit_code == 0
    assert result.stdout.startswith("fluxlit ")


def test_completion_can_be_shown() -> None:
    result = CliRunner().invoke(app, ["--show-completion", "bash"], prog_name="fluxlit", env={"SHELL": "bash"})
    assert result.exit_code in {0, 1}
    assert "--show-completion" not in result.stdout


def test_module_and_command_are_the_same(tmp_path: Path, environ: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fluxlit_cli", "--version"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.startswith(b"fluxlit ")


def test_an_unknown_reload_scope_exits_with_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["dev", "--reload-scope", "half"])
    assert result.exit_code == 2
    assert "'half'" in result.output
    assert "'gateway' or 'full'" in result.output


def test_a_port_out_of_range_exits_with_2() -> None:
    assert CliRunner().invoke(app, ["run", "--port", "70000"]).exit_code == 2


def test_uds_and_fd_exclude_each_other() -> None:
    result = CliRunner().invoke(app, ["run", "--uds", "x.sock", "--fd", "3"])
    assert result.exit_code == 2
    assert "exclude each other" in result.output
