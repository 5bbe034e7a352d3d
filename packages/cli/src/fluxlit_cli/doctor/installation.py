"""Checks of Python, the installed packages and the import of the application."""

import importlib.util
import platform
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fluxlit_cli.common_mistakes import hidden_library
from fluxlit_cli.doctor.check import Examination, Result, failed, passed, warned

__all__ = ("dependencies", "import_module_file", "import_shadowing", "import_target", "python", "streamlit_version")

_OLDEST_STREAMLIT = (1, 57)
_NEEDED = ("fastapi", "streamlit", "uvicorn", "aiohttp", "httpx2")


def python(_: Examination) -> Iterator[Result]:
    """Python's version, and where imports are looked for first."""
    yield passed("python_version", platform.python_version())
    yield passed("sys_path_head", ", ".join(sys.path[:3]) or "(empty)")


def import_shadowing(examination: Examination) -> Iterator[Result]:
    """More than one file or package that the target's module name could mean, or one named as a library of ours."""
    module = examination.target.rpartition(":")[0]
    name = Path(module).stem if module.endswith(".py") else module.partition(".")[0]
    folders = [Path(entry or ".") for entry in dict.fromkeys(sys.path)]
    hidden = hidden_library(Path.cwd())
    found = {str(path.resolve()) for folder in folders if (path := _candidate(folder, name))}
    if hidden is not None:
        yield warned(
            "import_shadowing",
            f"{hidden} in this folder hides the library of that name",
            f"Rename {hidden}, and remove its __pycache__.",
        )
    elif len(found) > 1:
        yield warned(
            "import_shadowing",
            f"{name!r} could be any of {', '.join(sorted(found))}",
            "Rename all but one, or name the file: fluxlit run path/to/app.py:app.",
        )
    else:
        yield passed("import_shadowing", f"{name!r} is found once at most")


def _candidate(folder: Path, name: str) -> Path | None:
    module, package = folder / f"{name}.py", folder / name / "__init__.py"
    return module if module.is_file() else package if package.is_file() else None


def import_target(examination: Examination) -> Iterator[Result]:
    """Whether the application can be loaded."""
    if examination.app is None:
        yield failed(
            "import_target", examination.problem, "Correct that first: most other checks need the application."
        )
    else:
        yield passed("import_target", f"{examination.target} is loaded")


def import_module_file(examination: Examination) -> Iterator[Result]:
    """The file that the application came from."""
    if examination.app is None:
        return
    module = examination.target.rpartition(":")[0]
    name = Path(module).stem if module.endswith(".py") else module
    yield passed("import_module_file", str(getattr(sys.modules.get(name), "__file__", None) or "(unknown)"))


def dependencies(_: Examination) -> Iterator[Result]:
    """Whether the libraries that serve are installed."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        yield failed(
            "dependencies", f"not importable: {', '.join(missing)}", "Reinstall: pip install --upgrade fluxlit."
        )
    else:
        yield passed("dependencies", ", ".join(_NEEDED))


def streamlit_version(_: Examination) -> Iterator[Result]:
    """Whether Streamlit's server is the one that sidecars need."""
    wanted = ".".join(map(str, _OLDEST_STREAMLIT))
    try:
        installed = version("streamlit")
    except PackageNotFoundError:
        yield warned("streamlit_version", "cannot be read", f"Install it: pip install 'streamlit>={wanted}'.")
        return
    numbers = tuple(int(part) for part in re.findall(r"\d+", installed)[:2])
    if numbers < _OLDEST_STREAMLIT:
        yield warned(
            "streamlit_version", f"{installed} is older than {wanted}", f"pip install --upgrade 'streamlit>={wanted}'."
        )
    else:
        yield passed("streamlit_version", installed)
