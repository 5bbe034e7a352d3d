"""The API, in process: no port, no server."""

import sqlite3

import pytest

from fluxlit_testing import FluxLitTestClient

pytestmark = pytest.mark.usefixtures("tasks_database")


def test_a_task_is_added_and_done(fluxlit_client: FluxLitTestClient) -> None:
    added = fluxlit_client.api_post("/tasks", params={"title": "Bake bread"})
    assert added.status_code == 201

    fluxlit_client.api_post(f"/tasks/{added.json()['id']}/done")

    assert fluxlit_client.api_get("/tasks").json() == [{"id": 1, "title": "Bake bread", "done": True}]


def test_an_unknown_task_cannot_be_done(fluxlit_client: FluxLitTestClient) -> None:
    assert fluxlit_client.api_post("/tasks/7/done").status_code == 404


def test_the_export_streams(fluxlit_client: FluxLitTestClient, tasks_database: sqlite3.Connection) -> None:
    tasks_database.execute("insert into task (title) values ('one'), ('two')")

    with fluxlit_client.api_stream("/export") as answer:
        lines = answer.iter_lines()
        assert '"one"' in next(lines)


def test_the_socket_shouts_back(fluxlit_client: FluxLitTestClient) -> None:
    with fluxlit_client.api_websocket("/shout") as socket:
        socket.send_text("hello")
        assert socket.receive_text() == "HELLO"


async def test_the_client_works_in_asynchronous_tests(fluxlit_client: FluxLitTestClient) -> None:
    assert fluxlit_client.api_get("/tasks").json() == []


def test_the_contract_is_kept(fluxlit_client: FluxLitTestClient) -> None:
    fluxlit_client.assert_openapi_matches("openapi.json")
    fluxlit_client.assert_docs_available()
