"""The command that runs a module in a process of its own."""

from __future__ import annotations

import sys

__all__ = ("python_module",)


def python_module(module: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs a module with the interpreter of this process."""
    return (sys.executable, "-m", module, *arguments)
