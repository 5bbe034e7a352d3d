"""Small programs and applications, as the tools of this package meet them."""

import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Depends as Required
from fastapi import FastAPI, Request

from fluxlit import ApiClient, Depends, FluxLit, Header

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


@dataclass
class Shop:
    """An application whose pages call its API, and what it has to say of itself."""

    app: FluxLit
    stock: Callable[[], list[str]]
    """A dependency of the API and of the pages."""
    lifespan: list[str] = field(default_factory=list[str])


@pytest.fixture
def shop() -> Shop:
    """An application made in a function: no module has it as an attribute."""
    events: list[str] = []

    @asynccontextmanager
    async def lifespan(_api: FastAPI) -> AsyncGenerator[dict[str, str]]:
        events.append("start")
        yield {"database": "warehouse"}
        events.append("stop")

    def stock() -> list[str]:
        return ["bread"]

    app = FluxLit(title="Shop", fastapi_kwargs={"lifespan": lifespan})

    @app.api.get("/stock")
    def list_stock(goods: Annotated[list[str], Required(stock)], request: Request) -> dict[str, object]:
        return {"goods": goods, "database": getattr(request.state, "database", None)}

    @app.api.get("/broken")
    def broken() -> None:
        raise ArithmeticError("no such warehouse")

    register_pages(app, stock)
    return Shop(app, stock, events)


def register_pages(app: FluxLit, stock: Callable[[], list[str]]) -> None:
    @app.page("/")
    def home(st: Any, client: ApiClient, goods: Annotated[list[str], Depends(stock)]) -> None:
        answer = client.get("/stock").json()
        st.title(", ".join(goods))
        st.text(f"API: {', '.join(answer['goods'])} of {answer['database']}")
        if st.button("Ask for trouble"):
            st.text(f"API: {client.get('/broken').status_code}")

    @app.page("/basket")
    def basket(st: Any, owner: Annotated[str, Header("x-owner")] = "nobody") -> None:
        amount = st.session_state.setdefault("amount", 0)
        st.title(f"Basket of {owner}")
        if st.button("Add"):
            amount = st.session_state.amount = amount + int(st.query_params.get("by", "1"))
        st.text(f"{amount} loaves")

    @app.page("/broken")
    def broken(st: Any) -> None:
        def fail() -> None:
            raise ArithmeticError("the callback")

        st.button("Fail", on_click=fail)
        if "till" not in st.session_state:
            raise LookupError("the till is empty")
