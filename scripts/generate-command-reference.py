"""Write docs/reference/commands.md: the help of each command and the messages of common mistakes, as they are printed.

With --check, only say whether the page is stale.

    .venv/bin/python scripts/generate-command-reference.py
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "commands.md"

COMMANDS: tuple[list[str], ...] = (
    [],
    ["dev"],
    ["run"],
    ["workbench"],
    ["status"],
    ["reload"],
    ["shutdown"],
    ["doctor"],
    ["config"],
    ["build"],
    ["new"],
    ["pages"],
    ["pages", "manifest"],
    ["pages", "validate"],
)

# What was done, the files there are, the variables, the command.
MISTAKES: tuple[tuple[str, dict[str, str], dict[str, str], list[str]], ...] = (
    ("There is no such module", {}, {}, ["run", "shop:app"]),
    ("The module has no such object", {"shop.py": "portal = 1\n"}, {}, ["run", "shop:app"]),
    ("The module raises", {"shop.py": "x = 1\nraise RuntimeError('no database')\n"}, {}, ["run", "shop:app"]),
    ("The object is a FastAPI", {"shop.py": "import fastapi\n\napp = fastapi.FastAPI()\n"}, {}, ["run", "shop:app"]),
    (
        "A setting has a bad value",
        {"shop.py": "from fluxlit import FluxLit\n\napp = FluxLit()\n"},
        {"FLUXLIT_GATEWAY_PORT": "eighty"},
        ["run", "shop:app"],
    ),
    (
        "A key of the project file is misspelt",
        {"shop.py": "from fluxlit import FluxLit\n\napp = FluxLit()\n", "fluxlit.toml": "gateway_prot = 9000\n"},
        {},
        ["run", "shop:app"],
    ),
    (
        "A page is registered twice",
        {
            "shop.py": "from fluxlit import FluxLit\n\napp = FluxLit()\n\n\n"
            "@app.page('/a')\ndef one(st, client): ...\n\n\n@app.page('/a')\ndef two(st, client): ...\n"
        },
        {},
        ["run", "shop:app"],
    ),
    ("Nothing runs", {}, {}, ["shutdown", "--pidfile", "server.pid"]),
)

HEAD = """\
---
orphan: true
---

<!-- Written by scripts/generate-command-reference.py from what the command prints. -->

# The fluxlit command

`python -m fluxlit` does the same. Exit codes: 0 all is well or stopped on request, 1 a problem that is named, 2 a wrong
command line, 3 the address is taken or the application did not start, 130 ended by Ctrl-C.
"""


def printed(arguments: list[str], folder: str, variables: dict[str, str]) -> str:
    """What the command writes, with the folder's path left out."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("FLUXLIT_", "PUBLIC_BASE"))}
    done = subprocess.run(
        [sys.executable, "-m", "fluxlit_cli", *arguments],
        cwd=folder,
        env=environ | {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    text = done.stdout.replace(os.path.realpath(folder), "/home/you/shop").replace(folder, "/home/you/shop")
    # A busy machine may be told that it is slow.
    lines = [line.rstrip() for line in text.rstrip().splitlines() if "Still importing" not in line]
    return "\n".join(lines)


def page() -> str:
    """The whole page."""
    parts = [HEAD, "## Commands\n"]
    with tempfile.TemporaryDirectory() as folder:
        for command in COMMANDS:
            name = " ".join(["fluxlit", *command])
            parts.append(f"### {name}\n\n```text\n{printed([*command, '--help'], folder, {})}\n```\n")
    parts.append("## What mistakes look like\n")
    for title, files, variables, command in MISTAKES:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                (Path(folder) / name).write_text(text, encoding="utf-8")
            given = "".join(f"{name}={value} " for name, value in variables.items())
            shown = printed(command, folder, variables)
            parts.append(f"### {title}\n\n```text\n$ {given}fluxlit {' '.join(command)}\n{shown}\n```\n")
    return "\n".join(parts)


def main() -> int:
    """Write or check the page; 1 when it is stale."""
    text = page()
    if "--check" in sys.argv[1:]:
        fresh = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
        if not fresh:
            print(f"{PAGE.name} is stale: run scripts/generate-command-reference.py")
        return 0 if fresh else 1
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
