from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI, HTTPException
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel

from fluxlit_client import (
    NO_RETRIES,
    ApiClient,
    ApiConnectionError,
    ApiError,
    ApiStatusError,
    ApiTimeoutError,
    ApiValidationError,
    TimeoutOptions,
)
from fluxlit_client.http_library import httpx

if TYPE_CHECKING:
    from conftest import Serve

app = FastAPI()


class Address(BaseModel):
    city: str


class Person(BaseModel):
    name: str
    age: int
    address: Address


@app.post("/people")
def add(person: Person) -> Person:
    return person


@app.get("/missing")
def missing() -> None:
    raise HTTPException(404, "no such user", headers={"x-request-id": "abc"})


@app.get("/own-422")
def own_422() -> None:
    raise HTTPException(422, "not today")


@app.get("/problem")
def problem() -> JSONResponse:
    members: dict[str, Any] = {
        "type": "https://example.com/credit",
        "title": "No credit",
        "detail": "balance is 30",
        "instance": "/account/1",
        "balance": 30,
    }
    return JSONResponse(members, 403, media_type="application/problem+json")


@app.get("/text")
def text() -> PlainTextResponse:
    return PlainTextResponse("broken", 500)


@app.get("/moved")
def moved() -> PlainTextResponse:
    return PlainTextResponse("", 307, headers={"location": "/text"})


@pytest.fixture(scope="module")
def client(serve: Serve) -> ApiClient:
    return ApiClient(serve(app).tcp, retries=NO_RETRIES)


def test_a_status_error_has_status_problem_and_request_id(client: ApiClient) -> None:
    with pytest.raises(ApiStatusError) as caught:
        client.get_model("/missing?token=secret", Person)
    error = caught.value
    assert (error.status, error.problem.title, error.problem.detail) == (404, "Not Found", "no such user")
    assert error.request_id == "abc"
    assert str(error).endswith("/missing answered 404 Not Found: no such user (request id abc)")
    assert "secret" not in str(error)


def test_a_status_error_is_the_librarys_error_with_its_response(client: ApiClient) -> None:
    with pytest.raises(httpx.HTTPStatusError) as caught:
        client.get_model("/missing", Person)
    assert caught.value.response.json() == {"detail": "no such user"}
    assert caught.value.request.url.path == "/missing"
    assert isinstance(caught.value, ApiError)


def test_the_problem_details_of_rfc_9457_are_read(client: ApiClient) -> None:
    with pytest.raises(ApiStatusError) as caught:
        client.get_model("/problem", Person)
    problem = caught.value.problem
    assert (problem.type, problem.title, problem.status) == ("https://example.com/credit", "No credit", 403)
    assert (problem.detail, problem.instance, problem.extensions) == ("balance is 30", "/account/1", {"balance": 30})


@pytest.mark.parametrize(
    ("path", "status", "title"), [("/text", 500, "Internal Server Error"), ("/moved", 307, "Temporary Redirect")]
)
def test_an_answer_without_json_has_the_statuss_phrase_for_a_title(
    client: ApiClient, path: str, status: int, title: str
) -> None:
    with pytest.raises(ApiStatusError) as caught:
        client.get_model(path, Person)
    assert (caught.value.problem.status, caught.value.problem.title, caught.value.problem.detail) == (
        status,
        title,
        None,
    )


def test_fastapis_422_names_its_fields(client: ApiClient) -> None:
    with pytest.raises(ApiValidationError) as caught:
        client.post_model("/people", Person, json={"age": "old", "address": {}})
    assert [(field.location, field.type) for field in caught.value.fields] == [
        (("body", "name"), "missing"),
        (("body", "age"), "int_parsing"),
        (("body", "address", "city"), "missing"),
    ]
    assert set(caught.value.messages) == {"name", "age", "address.city"}
    assert "address.city: Field required" in str(caught.value)
    assert caught.value.fields[1].input == "old"


def test_another_422_is_a_plain_status_error(client: ApiClient) -> None:
    with pytest.raises(ApiStatusError, match="not today") as caught:
        client.get_model("/own-422", Person)
    assert not isinstance(caught.value, ApiValidationError)


def test_get_returns_the_response_whatever_its_status(client: ApiClient) -> None:
    assert client.get("/missing").status_code == 404


def test_a_refused_connection_is_the_librarys_connect_error_too(refused_base_url: str) -> None:
    client = ApiClient(refused_base_url, retries=NO_RETRIES)
    with pytest.raises(ApiConnectionError) as caught:
        client.get("/x?token=secret")
    assert isinstance(caught.value, httpx.ConnectError)
    assert isinstance(caught.value.__cause__, httpx.ConnectError)
    assert "GET http://127.0.0.1" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_socket_that_is_not_there_is_a_connection_error() -> None:
    with pytest.raises(ApiConnectionError):
        ApiClient("http+unix://%2Fnowhere%2Fapi.sock", retries=NO_RETRIES).get("/")


def test_the_request_id_that_was_sent_is_in_the_error(client: ApiClient) -> None:
    with pytest.raises(ApiStatusError) as caught:
        ApiClient(client.base_url, propagate_request_id=True, request_id=lambda: "sent").get_model("/own-422", Person)
    assert caught.value.request_id == "sent"


def test_a_late_answer_is_the_librarys_read_timeout_too(silent_base_url: str) -> None:
    client = ApiClient(silent_base_url, timeout=TimeoutOptions(read=0.05))
    with pytest.raises(ApiTimeoutError) as caught:
        client.get("/x")
    assert isinstance(caught.value, httpx.ReadTimeout)


def test_a_connection_that_breaks_off_is_a_connection_error(closing_base_url: str) -> None:
    with pytest.raises(ApiConnectionError) as caught:
        ApiClient(closing_base_url, retries=NO_RETRIES).get("/x")
    assert isinstance(caught.value, httpx.TransportError)
