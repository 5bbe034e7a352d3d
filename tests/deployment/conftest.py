"""What the deployment examples say, read with parsers: nothing here needs a cluster, a daemon or a network."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from fluxlit.settings import FluxlitSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def examples() -> Path:
    return EXAMPLES


@pytest.fixture(scope="session")
def manifests() -> dict[str, dict[str, Any]]:
    """What `kubectl kustomize` makes of the example, by kind."""
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not installed here")
    shown = subprocess.run(
        ["kubectl", "kustomize", str(EXAMPLES / "kubernetes")], capture_output=True, check=False, text=True, timeout=60
    )
    assert shown.returncode == 0, shown.stderr
    return {each["kind"]: each for each in yaml.safe_load_all(shown.stdout)}


@pytest.fixture(scope="session")
def pod(manifests: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return manifests["Deployment"]["spec"]["template"]["spec"]


@pytest.fixture(scope="session")
def settings_of() -> Any:
    """Reads `FLUXLIT_` variables as the application would; what it does not know is an error."""

    def read(variables: Iterable[tuple[str, str]]) -> FluxlitSettings:
        values = {name.removeprefix("FLUXLIT_").lower(): value for name, value in variables if "FLUXLIT_" in name}
        return FluxlitSettings(**values)

    return read
