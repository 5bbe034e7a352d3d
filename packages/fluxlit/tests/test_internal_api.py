"""The API on its private socket, as pages reach it."""

from __future__ import annotations

import logging
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from fastapi import FastAPI, Request

from fluxlit.errors import StartupError
from fluxlit.internal_api import InternalApi
from fluxlit_client import AsyncApiClient, unix_base_url

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator


@pytest.fixture
def socket_path() -> Iterator[Path]:
    # A Unix socket's path holds about 100 bytes; pytest's own folders can be longer than that.
    with tempfile.TemporaryDirectory(prefix="api-") as folder:
        yield Path(folder) / "api.sock"


def make_api() -> FastAPI:
    api = FastAPI()

    @api.get("/where")
    def where(request: Request) -> dict[str, Any]:
        return {"url": str(request.url_for("where").path), "pool": request.state.pool}

    return api


@asynccontextmanager
async def running(api: FastAPI, path: Path) -> AsyncGenerator[InternalApi]:
    internal = InternalApi(api, path=path, prefix="/api", state={"pool": "a pool"})
    await internal.start()
    try:
        yield internal
    finally:
        await internal.stop()


async def test_a_page_reaches_routes_below_the_prefix_with_the_lifespans_state(socket_path: Path) -> None:
    async with (
        running(make_api(), socket_path),
        AsyncApiClient(unix_base_url(str(socket_path), prefix="/api")) as client,
    ):
        answer = await client.get("/where")

    assert answer.json() == {"url": "/api/where", "pool": "a pool"}


async def test_the_socket_is_gone_at_the_end(socket_path: Path) -> None:
    async with running(make_api(), socket_path):
        assert socket_path.is_socket()

    assert not socket_path.exists()


async def test_stopping_twice_is_as_good_as_once(socket_path: Path) -> None:
    internal = InternalApi(make_api(), path=socket_path, prefix="/api", state={})

    with anyio.fail_after(10):
        await internal.stop()
        await internal.start()
        await internal.stop()
        await internal.stop()


async def test_a_socket_that_cannot_be_bound_is_named(socket_path: Path) -> None:
    socket_path.write_text("somebody was here")
    internal = InternalApi(make_api(), path=socket_path, prefix="/api", state={})

    with pytest.raises(StartupError, match=socket_path.name):
        await internal.start()


async def test_the_loggers_of_the_first_server_are_left_alone(socket_path: Path) -> None:
    logger = logging.getLogger("uvicorn.access")
    before = (list(logger.handlers), list(logger.filters), logger.propagate, logger.level)

    async with running(make_api(), socket_path):
        pass

    assert (list(logger.handlers), list(logger.filters), logger.propagate, logger.level) == before


async def test_it_says_nothing_of_itself(socket_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="uvicorn.error")
    caplog.set_level(logging.DEBUG, logger="uvicorn.access")

    async with (
        running(make_api(), socket_path),
        AsyncApiClient(unix_base_url(str(socket_path), prefix="/api")) as client,
    ):
        await client.get("/where")

    assert not [record for record in caplog.records if record.name.startswith("uvicorn") and record.levelno >= 20]
