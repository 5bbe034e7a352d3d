"""Calls by endpoint that cannot be made: each says what is wrong before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import pytest
from fastapi import Body, Depends, FastAPI, Header, Query, UploadFile
from fastapi.responses import PlainTextResponse, StreamingResponse

from fluxlit_client import ApiClient, EndpointArgumentError, EndpointNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable

app = FastAPI()


@app.get("/users/{user_id}")
def user(
    user_id: int,
    word: str = "x",
    other: str | None = "y",
    limit: Annotated[int, Query(le=100)] = 10,
    tag: Annotated[str, Header()] = "t",
    database: Annotated[str, Depends(lambda: "db")] = "",
) -> str:
    return f"{user_id}{word}{other}{limit}{tag}{database}"


@app.get("/name/{name}")
def named(name: str) -> str:
    return name


def read_tenant(tenant: str) -> str:
    return tenant


@app.get("/tenants/{tenant}/users")
def tenant_users(tenant: Annotated[str, Depends(read_tenant)]) -> str:
    return tenant


@app.post("/anything")
def anything(payload: Annotated[Any, Body()]) -> None:
    del payload


@app.post("/upload")
def upload(file: UploadFile) -> str | None:
    return file.filename


@app.get("/stream")
def streaming() -> StreamingResponse:
    return StreamingResponse(iter(()))


def hidden() -> None:
    """Annotated below, with a name that does not exist when it runs."""


hidden.__annotations__["return"] = "Sequence[str]"
app.get("/hidden")(hidden)


async def starlette_route(_request: Any) -> PlainTextResponse:
    return PlainTextResponse("")


app.add_route("/plain", starlette_route)


def not_served() -> None: ...


@pytest.fixture
def client(refused_base_url: str) -> ApiClient:
    # Nothing listens there, so an attempt to send would be an ApiConnectionError.
    return ApiClient(refused_base_url, app=app)


@pytest.mark.parametrize(
    ("arguments", "parameter", "reason"),
    [
        ({}, "user_id", "is missing .it goes into the path."),
        ({"user_id": "abc"}, "user_id", "valid integer"),
        ({"user_id": 1, "limit": 101}, "limit", "less than or equal to 100"),
        ({"user_id": 1, "limti": 5}, "limti", "did you mean 'limit'"),
        ({"user_id": 1, "word": None}, "word", "valid string"),
        ({"user_id": 1, "other": None}, "other", "cannot be None in the query"),
        ({"user_id": 1, "tag": "ä"}, "tag", "not printable ASCII"),
        ({"user_id": 1, "tag": "a\r\nx: y"}, "tag", "not printable ASCII"),
        ({"user_id": 1, "database": "mine"}, "database", "leave it out"),
    ],
)
def test_a_wrong_argument_is_named(client: ApiClient, arguments: dict[str, Any], parameter: str, reason: str) -> None:
    with pytest.raises(EndpointArgumentError, match=reason) as caught:
        client.call_unchecked(user, **arguments)
    assert caught.value.parameter == parameter
    assert f"cannot call user(): parameter {parameter!r}" in str(caught.value)
    assert isinstance(caught.value, TypeError)


def test_a_value_that_json_cannot_hold_is_named(client: ApiClient) -> None:
    with pytest.raises(EndpointArgumentError, match="'payload' cannot be written as JSON"):
        client.call(anything, object())


def test_what_is_no_file_is_named(client: ApiClient) -> None:
    with pytest.raises(EndpointArgumentError, match="'file' is no file"):
        client.call_unchecked(upload, 5)


def test_a_path_parameter_that_only_a_dependency_reads_must_be_given(client: ApiClient) -> None:
    with pytest.raises(EndpointArgumentError, match="a dependency reads it") as caught:
        client.call_unchecked(tenant_users)
    assert caught.value.parameter == "tenant"


def test_surplus_and_doubled_arguments_are_named(client: ApiClient) -> None:
    with pytest.raises(EndpointArgumentError, match="given twice"):
        client.call_unchecked(user, 1, user_id=1)
    with pytest.raises(EndpointArgumentError, match="#7"):
        client.call_unchecked(user, 1, "w", "o", 1, "t", "d", "e")


@pytest.mark.parametrize("name", ["", ".", "..", "a/b"])
def test_a_path_parameter_cannot_leave_its_place(client: ApiClient, name: str) -> None:
    with pytest.raises(EndpointArgumentError, match="cannot be part of a path"):
        client.call(named, name)


@pytest.mark.parametrize("endpoint", [not_served, starlette_route])
def test_a_function_that_is_no_path_operation_is_refused(client: ApiClient, endpoint: Callable[..., Any]) -> None:
    with pytest.raises(EndpointNotFoundError, match=f"no path operation {endpoint.__name__}"):
        client.call_unchecked(endpoint)


def test_an_endpoint_that_returns_a_response_is_refused_with_its_path(client: ApiClient) -> None:
    with pytest.raises(EndpointNotFoundError, match="'/stream' with get"):
        client.call(streaming)


def test_an_endpoint_whose_annotations_exist_for_type_checkers_only_is_refused(client: ApiClient) -> None:
    with pytest.raises(EndpointNotFoundError, match="'Sequence', which is imported for type checkers only"):
        client.call(hidden)


def test_a_client_without_an_application_says_so(refused_base_url: str) -> None:
    with pytest.raises(EndpointNotFoundError, match="app="):
        ApiClient(refused_base_url).call(not_served)


def test_an_endpoint_registered_later_is_found(refused_base_url: str) -> None:
    late = FastAPI()
    client = ApiClient(refused_base_url, app=late)
    with pytest.raises(EndpointNotFoundError):
        client.call(named, name="x")
    late.get("/late/{name}")(named)
    with pytest.raises(EndpointArgumentError):
        client.call(named, name="")
