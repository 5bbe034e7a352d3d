"""Where a Streamlit server is that somebody else has started, in a file or a variable.

FluxLit's own sidecars need neither; these are for `create_gateway_app` in front of a server of one's own.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = (
    "STREAMLIT_UPSTREAM_ENV",
    "STREAMLIT_UPSTREAM_FILE_ENV",
    "read_streamlit_upstream_url",
    "update_streamlit_upstream_file",
    "write_streamlit_upstream_state",
)

STREAMLIT_UPSTREAM_FILE_ENV = "FLUXLIT_STREAMLIT_UPSTREAM_FILE"
"""Names the file with the URL."""

STREAMLIT_UPSTREAM_ENV = "FLUXLIT_STREAMLIT_UPSTREAM"
"""The URL itself, where there is no file."""


def read_streamlit_upstream_url() -> str:
    """The URL in the file, else in the variable; without a slash at the end, empty if there is none."""
    name = os.environ.get(STREAMLIT_UPSTREAM_FILE_ENV, "")
    url = ""
    if name:
        try:
            url = Path(name).read_text("utf-8").strip()
        except OSError:
            url = ""
    return (url or os.environ.get(STREAMLIT_UPSTREAM_ENV, "").strip()).rstrip("/")


def write_streamlit_upstream_state(url: str) -> Path:
    """Write the URL to a new file, and name both in this process's environment."""
    handle, name = tempfile.mkstemp(prefix="fluxlit-upstream-", suffix=".txt")
    os.close(handle)
    path = Path(name)
    update_streamlit_upstream_file(path, url)
    os.environ[STREAMLIT_UPSTREAM_FILE_ENV] = name
    return path


def update_streamlit_upstream_file(path: Path, url: str) -> None:
    """Write another URL to the file, and to this process's environment."""
    path.write_text(url, "utf-8")
    os.environ[STREAMLIT_UPSTREAM_ENV] = url
