"""Calls by endpoint: JSON bodies, forms and files."""

from __future__ import annotations

import dataclasses
import io
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from fastapi import Body, FastAPI, File, Form, Request, UploadFile
from pydantic import BaseModel, Field, Secret, SecretStr

from fluxlit_client import ApiClient

if TYPE_CHECKING:
    from conftest import Serve

app = FastAPI()


class Item(BaseModel):
    name: str
    price: float = Field(default=1.0, alias="unitPrice")
    note: str | None = None


class Login(BaseModel):
    user: str
    scopes: list[str] = []


@dataclasses.dataclass
class Point:
    x: int


@app.post("/items")
def add(item: Item) -> Item:
    return item


@app.put("/items/{item_id}")
def replace(item_id: int, items: list[Item], *, dry: bool = False) -> dict[str, Any]:
    return {"id": item_id, "names": [item.name for item in items], "dry": dry}


@app.patch("/items")
async def change(item: Item, request: Request) -> dict[str, Any]:
    return {"set": sorted(item.model_fields_set), "raw": await request.json()}


@app.post("/embedded")
def embedded(item: Annotated[Item, Body(embed=True)]) -> str:
    return item.name


@app.post("/several")
def several(item: Item, point: Point, importance: Annotated[int, Body()] = 0) -> list[Any]:
    return [item.name, point.x, importance]


@app.post("/maybe")
def maybe(item: Item | None = None) -> str:
    return item.name if item else "nothing"


@app.post("/nullable")
def nullable(word: Annotated[str | None, Body()] = "default") -> str | None:
    return word


@app.post("/text")
def text(words: Annotated[str, Body(media_type="text/plain")]) -> str:
    return words


@app.post("/form")
def form(
    name: Annotated[str, Form()], sizes: Annotated[list[int], Form()], *, big: Annotated[bool, Form()] = False
) -> list[Any]:
    return [name, sizes, big]


@app.post("/login")
def login(form: Annotated[Login, Form()]) -> Login:
    return form


class Credentials(BaseModel):
    name: str
    passwords: list[SecretStr] = []
    token: Secret[int] | None = None
    day: date = date(2026, 1, 2)


@app.post("/secrets")
async def secrets(credentials: Credentials, request: Request) -> dict[str, Any]:
    return {"read": [word.get_secret_value() for word in credentials.passwords], "raw": await request.json()}


@app.post("/secret-form")
def secret_form(form: Annotated[Credentials, Form()], extra: Annotated[SecretStr, Form()]) -> list[str]:
    return [*(word.get_secret_value() for word in form.passwords), extra.get_secret_value()]


@app.post("/upload")
async def upload(file: UploadFile, note: Annotated[str, Form()] = "") -> list[Any]:
    return [file.filename, file.content_type, (await file.read()).decode(), note]


@app.post("/uploads")
async def uploads(files: list[UploadFile]) -> list[str | None]:
    return [file.filename for file in files]


@app.post("/maybe-file")
async def maybe_file(file: UploadFile | None = None) -> str | None:
    return file.filename if file else "none"


@app.post("/bytes")
def raw(file: Annotated[bytes, File()]) -> int:
    return len(file)


@pytest.fixture(scope="module")
def client(serve: Serve) -> ApiClient:
    return ApiClient(serve(app).unix, app=app)


def test_a_model_is_the_whole_body_and_keeps_its_aliases(client: ApiClient) -> None:
    item = Item(name="a", unitPrice=2.5)
    assert client.call(add, item) == item


def test_a_list_of_models_path_and_query_go_together(client: ApiClient) -> None:
    read = client.call(replace, 3, [Item(name="a"), Item(name="b")], dry=True)
    assert read == {"id": 3, "names": ["a", "b"], "dry": True}


def test_patch_sends_only_what_the_caller_has_set(client: ApiClient) -> None:
    read = client.call_unchecked(change, Item(name="a", note=None))
    assert read == {"set": ["name", "note"], "raw": {"name": "a", "note": None}}


def test_embedded_and_several_bodies_are_keys_of_one_object(client: ApiClient) -> None:
    assert client.call(embedded, Item(name="a")) == "a"
    assert client.call(several, Item(name="a"), Point(2), importance=3) == ["a", 2, 3]
    assert client.call(several, Item(name="a"), Point(2)) == ["a", 2, 0]


def test_an_optional_body_may_be_left_out_or_be_none(client: ApiClient) -> None:
    assert client.call(maybe) == "nothing"
    assert client.call(maybe, None) == "nothing"
    assert client.call(maybe, Item(name="a")) == "a"


def test_an_explicit_null_is_sent_if_the_default_is_another(client: ApiClient) -> None:
    assert client.call(nullable, None) is None
    assert client.call(nullable) == "default"


def test_a_text_body_is_sent_under_its_media_type(client: ApiClient) -> None:
    assert client.call(text, "grüß dich") == "grüß dich"


def test_forms_are_sent_field_by_field(client: ApiClient) -> None:
    assert client.call(form, "a&b", [1, 2], big=True) == ["a&b", [1, 2], True]
    assert client.call(login, Login(user="ada", scopes=["r", "w"])) == Login(user="ada", scopes=["r", "w"])


def test_secrets_are_sent_as_they_are(client: ApiClient) -> None:
    credentials = Credentials(name="**********", passwords=[SecretStr("a"), SecretStr("b")], token=Secret(3))
    read = client.call_unchecked(secrets, credentials)
    assert read["read"] == ["a", "b"]
    assert read["raw"] == {"name": "**********", "passwords": ["a", "b"], "token": 3, "day": "2026-01-02"}
    assert client.call(secret_form, credentials, SecretStr("c")) == ["a", "b", "c"]


def test_files_are_uploaded_with_name_and_type(client: ApiClient) -> None:
    upload_file = UploadFile(io.BytesIO(b"x,y"), filename="a.csv")
    assert client.call(upload, upload_file, note="n") == ["a.csv", "text/csv", "x,y", "n"]
    assert client.call_unchecked(upload, ("b.txt", b"b", "text/x")) == ["b.txt", "text/x", "b", ""]
    assert client.call_unchecked(uploads, [("a", b"1"), ("b", b"2")]) == ["a", "b"]
    assert client.call(raw, b"12345") == 5
    assert client.call(maybe_file, None) == "none"
    assert client.call_unchecked(maybe_file, b"x") == "upload"


def test_a_file_of_streamlits_uploader_keeps_its_name_and_type(client: ApiClient) -> None:
    class Uploaded(io.BytesIO):
        name = "c.json"
        type = "application/x-c"

    assert client.call_unchecked(upload, Uploaded(b"{}")) == ["c.json", "application/x-c", "{}", ""]
