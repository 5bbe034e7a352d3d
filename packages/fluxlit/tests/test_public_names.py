"""The root package: everything documented is there, and nothing is paid for before it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import fluxlit

HEAVY = ("fastapi", "streamlit", "pandas", "starlette", "httpx2", "pydantic_settings")


@pytest.mark.parametrize("name", fluxlit.__all__)
def test_every_documented_name_is_importable(name: str) -> None:
    assert getattr(fluxlit, name) is not None


def test_importing_the_root_costs_nothing() -> None:
    program = f"import sys, fluxlit; print([name for name in {HEAVY!r} if name in sys.modules])"

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)

    assert result.stdout.strip() == "[]"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Fluxlit'"):
        _ = fluxlit.Fluxlit


def test_the_version_is_the_packages() -> None:
    import importlib.metadata

    assert fluxlit.__version__ == importlib.metadata.version("fluxlit")


def test_dir_lists_what_is_documented() -> None:
    assert set(fluxlit.__all__) <= set(dir(fluxlit))
