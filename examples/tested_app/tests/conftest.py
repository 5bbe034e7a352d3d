"""What the tests of this application share: an empty database in the place of the real one."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from app import SCHEMA, database

from fluxlit_testing import FluxLitTestClient


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def tasks_database(fluxlit_client: FluxLitTestClient) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as connection:
        connection.execute(SCHEMA)
        fluxlit_client.override(database, connection)
        yield connection


@pytest.fixture(scope="session")
def fluxlit_server_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {"TASKS_DATABASE": str(tmp_path_factory.mktemp("tasks") / "tasks.db")}
