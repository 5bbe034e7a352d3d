"""Small programs and applications, as the tools of this package meet them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

APP = """
from typing import Annotated

from fluxlit import Depends, FluxLit, Header

app = FluxLit(title="Portal")


def greeting() -> str:
    return "Hello"


@app.api.get("/users")
def users() -> list[str]:
    return ["Ada"]


@app.api.post("/users")
def add(name: str) -> dict[str, str]:
    return {"name": name}


@app.page("/")
def home(st, client, hello: Annotated[str, Depends(greeting)], user: Annotated[str | None, Header("x-user")] = None):
    st.title(f"{hello}, {user or 'nobody'}")
    st.session_state.runs = st.session_state.get("runs", 0) + 1


@app.page("/reports")
def reports(st):
    st.title("Reports " + st.query_params.get("year", "of all years"))


@app.page("/broken")
def broken(st):
    st.error("no data")
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], list[str]]:
    """Writes a program and gives the command that runs it."""

    def write(source: str) -> list[str]:
        path = tmp_path / "program.py"
        path.write_text(source)
        return [sys.executable, str(path)]

    return write


@pytest.fixture
def target(tmp_path: Path) -> Iterator[str]:
    """An application in a module of its own, to be found from `tmp_path`."""
    name = f"portal_{tmp_path.name}".replace("-", "_")
    (tmp_path / f"{name}.py").write_text(APP)
    yield f"{name}:app"
    sys.modules.pop(name, None)
