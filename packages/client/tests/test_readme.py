"""Runs the README's examples, each against a real API, in Streamlit where they use it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI, Response, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from streamlit.testing.v1 import AppTest

if TYPE_CHECKING:
    from conftest import Serve

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
app = FastAPI()


class User(BaseModel):
    id: int
    name: str


@app.get("/v1/users")
@app.get("/v1/teams/{team_id}/users")
def users() -> list[User]:
    return [User(id=1, name="Ada")]


@app.post("/v1/users")
def add(user: User) -> User:
    return user


@app.delete("/v1/users/{user_id}", status_code=204)
def remove(user_id: int) -> Response:
    return Response(status_code=204, headers={"x-removed": str(user_id)})


@app.post("/v1/chat")
def chat(prompt: dict[str, Any]) -> StreamingResponse:
    return StreamingResponse(iter([prompt["prompt"], ", you"]), media_type="text/plain")


@app.get("/v1/measurements")
def measurements() -> StreamingResponse:
    return StreamingResponse(iter(["1\n", "2\n"]))


@app.get("/v1/news")
def news() -> StreamingResponse:
    return StreamingResponse(iter(["data: hot\n\n"]), media_type="text/event-stream")


@app.get("/v1/reports/2026.csv")
def report() -> StreamingResponse:
    return StreamingResponse(iter(["a,b\n"]), media_type="text/csv")


@app.post("/v1/pictures")
def picture(file: UploadFile) -> str | None:
    return file.filename


@pytest.fixture(scope="module")
def base_url(serve: Serve) -> str:
    return f"{serve(app).tcp}/v1"


def _titles() -> list[str]:
    return [re.sub(r"\W+", "-", example.splitlines()[-1])[:40] for example in EXAMPLES]


@pytest.mark.parametrize("example", EXAMPLES, ids=_titles())
def test_an_example_of_the_readme_runs(example: str, base_url: str) -> None:
    code = example.replace("https://api.example.com/v1", base_url)
    if "import streamlit" not in code:
        exec(compile(code, "README.md", "exec", dont_inherit=True), {"__name__": "readme_example"})
        return
    page = AppTest.from_string(code, default_timeout=60).run()
    assert not page.exception
    assert not page.error


def test_the_readme_names_every_option_of_the_client() -> None:
    from inspect import signature

    from fluxlit_client import ApiClient

    options = set(signature(ApiClient.__init__).parameters) - {"self"}
    assert {option for option in options if f"`{option}`" not in README} == set()
