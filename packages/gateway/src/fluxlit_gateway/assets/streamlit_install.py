"""Where the installed Streamlit keeps its static files, found without importing it."""

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

__all__ = ("StreamlitInstall", "find_streamlit")


class StreamlitInstall(NamedTuple):
    """An installed Streamlit.

    Attributes:
        version: As its distribution says.
        static: The folder of index.html.
    """

    version: str
    static: Path


def find_streamlit() -> StreamlitInstall | None:
    """The Streamlit of this environment; None when there is none, or none with a built front end."""
    try:
        # Of a top-level name, find_spec reads no code.
        spec = find_spec("streamlit")
        installed = version("streamlit")
    except (PackageNotFoundError, ValueError):
        return None
    if spec is None or spec.origin is None:
        return None
    static = Path(spec.origin).parent / "static"
    return StreamlitInstall(installed, static) if (static / "index.html").is_file() else None
