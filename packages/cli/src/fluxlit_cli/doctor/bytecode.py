"""Whether Python's compiled files of Streamlit are there, or every start compiles it anew."""

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from fluxlit_cli.doctor.check import Examination, Result, warned

__all__ = ("bytecode", "reason_for_none")


def bytecode(_: Examination) -> Iterator[Result]:
    """A finding when Streamlit is not compiled and never will be: a sidecar then starts at more than twice the cost."""
    spec = importlib.util.find_spec("streamlit")
    if spec is None or spec.origin is None:
        return
    source = Path(spec.origin)
    if reason := reason_for_none(source):
        yield warned(
            "bytecode",
            f"Streamlit is not compiled and will not be, because {reason}: every process does it again as it starts",
            f"Compile when you install: python -m compileall -q {source.parents[1]} (uv: UV_COMPILE_BYTECODE=1).",
        )


def reason_for_none(source: Path) -> str:
    """Why there is no compiled file of `source` and none will be written; empty when there is one, or will be.

    See https://docs.python.org/3/using/cmdline.html#envvar-PYTHONDONTWRITEBYTECODE.
    """
    compiled = Path(importlib.util.cache_from_source(str(source)))
    if compiled.is_file():
        return ""
    if sys.dont_write_bytecode:
        return "PYTHONDONTWRITEBYTECODE is set"
    folder = next(parent for parent in compiled.parents if parent.exists())
    return "" if os.access(folder, os.W_OK) else f"{folder} cannot be written to"
