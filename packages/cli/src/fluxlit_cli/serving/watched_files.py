"""Which saved files make ``dev`` reload: code and configuration, never what a program writes."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from watchfiles import Change as Kind
from watchfiles import DefaultFilter, awatch  # pyright: ignore[reportUnknownVariableType] -- half typed there

__all__ = ("Change", "Scope", "changes", "is_watched")

_CONFIGURATION = frozenset({".env", "config.toml", "fluxlit.toml", "pyproject.toml", "secrets.toml"})


class Scope(StrEnum):
    """Which files count."""

    GATEWAY = "gateway"
    """Python files."""
    FULL = "full"
    """Python files, and the configuration of FluxLit and Streamlit."""


@dataclass(frozen=True)
class Change:
    """Files that were saved together."""

    paths: tuple[Path, ...]

    def describe(self) -> str:
        """The first file, and how many others."""
        first = self.paths[0]
        name = str(first.relative_to(Path.cwd())) if first.is_relative_to(Path.cwd()) else str(first)
        return name if len(self.paths) == 1 else f"{name} and {len(self.paths) - 1} more"


_ignored = DefaultFilter()


def is_watched(path: str, scope: Scope) -> bool:
    """Whether saving ``path`` counts."""
    file = Path(path)
    if file.suffix == ".py":
        return True
    return scope is Scope.FULL and file.name in _CONFIGURATION


async def changes(roots: Sequence[Path], scope: Scope) -> AsyncGenerator[Change]:
    """Each set of files of ``roots`` that were saved together; editors' and tools' own folders do not count."""

    def counts(kind: Kind, path: str) -> bool:
        return _ignored(kind, path) and is_watched(path, scope)

    async for found in awatch(*roots, watch_filter=counts, debounce=400, step=50):
        yield Change(tuple(sorted(Path(path) for _, path in found)))
