"""Reads ``fluxlit.toml``, or ``[tool.fluxlit]`` of ``pyproject.toml``, and knows the line of each key."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from fluxlit_cli.errors import CliError

__all__ = ("ProjectFile", "ProjectFileError", "read_project_file")


class ProjectFileError(CliError):
    """The project file cannot be read as TOML, or its ``[tool.fluxlit]`` is no table."""


@dataclass(frozen=True)
class ProjectFile:
    """One project file as it was read.

    Attributes:
        path: The file.
        header: The table inside it, ``()`` for the whole of ``fluxlit.toml``.
        values: The keys of that table.
        text: The file's text, to find lines in.
    """

    path: Path
    header: tuple[str, ...]
    values: Mapping[str, object]
    text: str

    def line_of(self, key: str) -> int | None:
        """The line on which ``key`` is set, counted from 1, or ``None`` when it cannot be told."""
        table = ".".join(self.header)
        pattern = re.compile(rf"""^\s*(?:["']?{re.escape(key)}["']?\s*(?:=|\.)|\[+{re.escape(table)}\.?{key}\b)""")
        inside = not self.header
        for number, line in enumerate(self.text.splitlines(), start=1):
            heading = re.match(r"^\s*\[+\s*([^\]]+?)\s*\]+", line)
            if heading:
                inside = heading[1] == table
                if heading[1] == ".".join((*self.header, key)):
                    return number
            elif inside and pattern.match(line):
                return number
        return None

    def place_of(self, key: str) -> str:
        """``fluxlit.toml, line 3``, for messages."""
        line = self.line_of(key)
        return f"{self.path.name}, line {line}" if line else self.path.name


def _load(path: Path) -> tuple[dict[str, object], str]:
    try:
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text), text
    except (OSError, ValueError) as error:
        raise ProjectFileError(f"{path.name} cannot be read: {error}. Correct the file {str(path)!r}.") from error


def read_project_file(folder: Path | None = None) -> ProjectFile | None:
    """The project file of ``folder`` (default: the working directory), or ``None`` when there is none.

    ``fluxlit.toml`` wins; ``[tool.fluxlit]`` in ``pyproject.toml`` is read only where that file is absent.

    Raises:
        ProjectFileError: It is no valid TOML, or ``tool.fluxlit`` is not a table.
    """
    folder = Path.cwd() if folder is None else folder
    own = folder / "fluxlit.toml"
    if own.is_file():
        values, text = _load(own)
        return ProjectFile(path=own, header=(), values=values, text=text)
    shared = folder / "pyproject.toml"
    if not shared.is_file():
        return None
    values, text = _load(shared)
    tool = values.get("tool")
    table = cast("dict[str, object]", tool).get("fluxlit") if isinstance(tool, dict) else None
    if table is None:
        return None
    if not isinstance(table, dict):
        raise ProjectFileError(f"{shared.name}: tool.fluxlit is {table!r}; make it a table, [tool.fluxlit].")
    return ProjectFile(path=shared, header=("tool", "fluxlit"), values=cast("dict[str, object]", table), text=text)
