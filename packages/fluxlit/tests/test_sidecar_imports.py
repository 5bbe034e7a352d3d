"""What a sidecar imports before it is ready: a replaced one keeps its visitors waiting for it."""

import subprocess
import sys

import pytest

HEAVY = ("structlog", "rich", "pygments", "aiohttp", "uvicorn", "typer", "authlib", "prometheus_client", "websockets")


@pytest.mark.parametrize("module", ["fluxlit.sidecar_setup", "fluxlit"])
def test_a_sidecar_does_not_import_what_only_the_server_needs(module: str) -> None:
    program = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)
    assert run.stdout.strip() == "[]"
