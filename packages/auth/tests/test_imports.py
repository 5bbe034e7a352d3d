"""Importing the package costs nothing, and a part costs only what it needs."""

import subprocess
import sys

import pytest

import fluxlit_auth

HEAVY = ("authlib", "cryptography", "fastapi", "httpx2", "joserfc", "pydantic", "starlette", "streamlit")


@pytest.mark.parametrize(
    ("module", "spared"),
    [
        ("fluxlit_auth", HEAVY),
        ("fluxlit_auth.streamlit", ("authlib", "cryptography", "fastapi", "joserfc", "starlette", "streamlit")),
        ("fluxlit_auth.jwt", ("authlib", "fastapi", "streamlit")),
        ("fluxlit_auth.forward_auth", ("authlib", "cryptography", "fastapi", "httpx2", "joserfc", "streamlit")),
        ("fluxlit_auth.oidc.login", ("fastapi", "streamlit")),
        # What a sidecar imports with an application that is protected.
        ("fluxlit_auth.guard.plan", ("authlib", "cryptography", "fastapi", "httpx2", "joserfc", "limits", "streamlit")),
        ("fluxlit_auth.guard.oidc.method", ("authlib", "cryptography", "fastapi", "httpx2", "joserfc", "limits")),
        ("fluxlit_auth.guard.layer", ("authlib", "cryptography", "fastapi", "httpx2", "joserfc", "streamlit")),
    ],
)
def test_a_module_imports_only_what_it_needs(module: str, spared: tuple[str, ...]) -> None:
    program = f"import sys, {module}; print(*(name for name in {spared!r} if name in sys.modules))"

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)

    assert result.stdout.split() == []


@pytest.mark.parametrize("name", fluxlit_auth.__all__)
def test_every_public_name_is_there(name: str) -> None:
    # `CurrentUser` and `OptionalUser` are annotations, whose module is that of their first type.
    assert getattr(fluxlit_auth, name).__module__.startswith(("fluxlit_auth", "types"))
    assert name in dir(fluxlit_auth)


def test_another_name_is_not() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = fluxlit_auth.nothing
