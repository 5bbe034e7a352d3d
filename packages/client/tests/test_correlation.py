from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from fastapi import FastAPI, Request

from fluxlit_client import (
    REQUEST_ID_HEADER,
    ApiClient,
    get_request_id,
    new_request_id,
    reset_request_id,
    set_request_id,
)

if TYPE_CHECKING:
    from conftest import Serve

app = FastAPI()


@app.get("/id")
def sent_id(request: Request) -> str | None:
    return request.headers.get(REQUEST_ID_HEADER)


@pytest.fixture(scope="module")
def base_url(serve: Serve) -> str:
    return serve(app).unix


def test_the_id_is_sent_only_by_clients_that_are_to_propagate_it(base_url: str) -> None:
    token = set_request_id("abc")
    try:
        assert ApiClient(base_url, propagate_request_id=True).get("/id").json() == "abc"
        assert ApiClient(base_url).get("/id").json() is None
    finally:
        reset_request_id(token)
    assert get_request_id() is None
    assert ApiClient(base_url, propagate_request_id=True).get("/id").json() is None


def test_a_callable_can_give_the_id_instead(base_url: str) -> None:
    client = ApiClient(base_url, propagate_request_id=True, request_id=lambda: "from the page")
    assert client.get("/id").json() == "from the page"
    assert client.with_bearer("t").get("/id").json() == "from the page"


def test_a_header_that_is_there_already_wins(base_url: str) -> None:
    client = ApiClient(base_url, propagate_request_id=True, request_id=lambda: "context")
    assert client.get("/id", headers={"X-Request-ID": "call"}).json() == "call"


def test_contexts_do_not_see_each_others_ids() -> None:
    contextvars.copy_context().run(set_request_id, "inner")
    assert get_request_id() is None


def test_new_ids_are_uuids_of_their_own() -> None:
    first, second = new_request_id(), new_request_id()
    assert first != second
    assert str(UUID(first)) == first
