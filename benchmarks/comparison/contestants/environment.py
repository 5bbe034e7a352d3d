"""A virtual environment for each contestant, made once for what it shall hold.

The versions of Streamlit and of the server are those of this checkout's own environment, so that contestants differ in
what they are and not in what they run on. No index is named: uv asks the one that this machine is set up for.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[3]
CACHE = ROOT / ".cache" / "benchmarks"
ASSET_CACHE = CACHE / "streamlit-assets"
SAME_FOR_ALL = ("streamlit", "starlette", "uvicorn")
CHECKOUT = "this checkout"
_STAMP = "requirements.txt"
_DIGEST_LENGTH = 8


class EnvironmentMissingError(RuntimeError):
    """An environment could not be made."""


def installed(distribution: str) -> str:
    """The version of a distribution in this checkout's own environment."""
    return importlib.metadata.version(distribution)


@functools.cache
def python_of(name: str, requirements: tuple[str, ...]) -> Path:
    """The Python of the environment `name`, which holds `requirements`; makes it when it is not there.

    What is there is never changed: a contestant may be running in it. Other requirements are another folder; one run
    keeps to what it began with.

    Args:
        name: Of the folder below ``.cache/benchmarks/environments``, before a dash and a digest.
        requirements: As pip takes them; `CHECKOUT` stands for this checkout's packages.

    Raises:
        EnvironmentMissingError: uv is missing, or could not install.
    """
    wanted = "\n".join([*map(_fingerprint, requirements), *_pins()])
    digest = hashlib.sha256(wanted.encode()).hexdigest()[:_DIGEST_LENGTH]
    folder = CACHE / "environments" / f"{name}-{digest}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        if not (folder / _STAMP).is_file():
            _make(folder, requirements)
            (folder / _STAMP).write_text(wanted, "utf-8")
    return folder / "bin" / "python"


def _make(folder: Path, requirements: Sequence[str]) -> None:
    # Without a stamp it was left half made.
    shutil.rmtree(folder, ignore_errors=True)
    python = folder / "bin" / "python"
    _uv("venv", "--quiet", str(folder))
    constraints = folder / "constraints.txt"
    constraints.write_text("\n".join(_pins()), "utf-8")
    arguments = [each for line in requirements for each in _as_arguments(line)]
    _uv("pip", "install", "--quiet", "--python", str(python), "--constraints", str(constraints), *arguments)
    # Starting is measured: the first start shall not be the one that compiles.
    subprocess.run([python, "-m", "compileall", "-q", str(folder / "lib")], check=False, stdout=subprocess.DEVNULL)


def _pins() -> list[str]:
    return [f"{name}=={installed(name)}" for name in SAME_FOR_ALL]


def _fingerprint(line: str) -> str:
    """The requirement; for the checkout, what its packages declare, since they are installed editable."""
    if line != CHECKOUT:
        return line
    declared = b"".join(path.read_bytes() for path in sorted((ROOT / "packages").glob("*/pyproject.toml")))
    return f"{line} {hashlib.sha256(declared).hexdigest()}"


def _as_arguments(line: str) -> list[str]:
    if line != CHECKOUT:
        return [line]
    return [each for path in sorted((ROOT / "packages").iterdir()) for each in ("--editable", str(path))]


def _uv(*arguments: str) -> None:
    found = os.environ.get("UV") or shutil.which("uv") or str(ROOT / ".tools" / "uv" / "bin" / "uv")
    try:
        subprocess.run([found, *arguments], check=True, cwd=ROOT, capture_output=True, text=True, timeout=600)
    except FileNotFoundError:
        raise EnvironmentMissingError(f"uv is not at {found!r}: run `make setup`, or set UV to its path") from None
    except subprocess.CalledProcessError as error:
        raise EnvironmentMissingError(f"uv {' '.join(arguments[:2])} failed:\n{error.stderr}") from error
