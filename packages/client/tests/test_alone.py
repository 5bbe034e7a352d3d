"""The package in an environment that holds nothing but what it declares to need."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI
from packaging.requirements import Requirement

if TYPE_CHECKING:
    from conftest import Serve

app = FastAPI()

SCRIPT = """
import sys
sys.path[:0] = sys.argv[1:3]
from fluxlit_client import ApiClient
client = ApiClient(sys.argv[3])
print(client.get_model("/users", list[str]), next(client.stream_json("/users")))
"""


@app.get("/v1/users")
def users() -> list[str]:
    return ["Ada"]


@pytest.fixture(scope="module")
def base_url(serve: Serve) -> str:
    return f"{serve(app).tcp}/v1"


def _needed(name: str, found: set[str]) -> set[str]:
    """The distributions that one needs, and those that they need, without extras."""
    for text in distribution(name).requires or []:
        requirement = Requirement(text)
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if wanted and requirement.name not in found:
            found.add(requirement.name)
            _needed(requirement.name, found)
    return found


def _link(name: str, folder: Path) -> None:
    for file in distribution(name).files or []:
        top = file.parts[0]
        if top not in {"..", "__pycache__"} and not (folder / top).exists():
            (folder / top).symlink_to(Path(str(distribution(name).locate_file(top))))


def test_it_works_with_its_declared_dependencies_alone(base_url: str, tmp_path: Path) -> None:
    needed = _needed("fluxlit-client", set())
    assert {"httpx2", "pydantic"} <= needed
    assert not {"fastapi", "starlette", "streamlit", "uvicorn"} & needed
    for name in needed:
        _link(name, tmp_path)
    source = Path(__file__).parent.parent / "src"
    # -I and -S: neither the environment's packages nor anything of the user's.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", SCRIPT, str(source), str(tmp_path), base_url],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("['Ada'] ['Ada']\n", "")
