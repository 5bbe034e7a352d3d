from __future__ import annotations

import subprocess
import sys

import pytest

import fluxlit_sessions

CHECK = """
import sys
import fluxlit_sessions
heavy = {"redis", "cryptography", "streamlit", "fastapi"}
print(sorted(heavy & set(sys.modules)))
"""


def test_importing_the_package_imports_no_extra() -> None:
    done = subprocess.run([sys.executable, "-c", CHECK], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout == "[]\n"


def test_every_public_name_is_there() -> None:
    for name in fluxlit_sessions.__all__:
        assert getattr(fluxlit_sessions, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = fluxlit_sessions.nothing
