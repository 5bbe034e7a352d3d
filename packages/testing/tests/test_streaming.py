"""Responses arrive as they are sent, sockets talk, and what an endpoint raises is raised or becomes a 500."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import anyio
import pytest
from fastapi import FastAPI, WebSocket
from fastapi.responses import StreamingResponse

from fluxlit_testing import FluxLitTestClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Application:
    """An API that streams, talks and fails."""

    def __init__(self) -> None:
        self.api = FastAPI()
        self.may_go_on = threading.Event()
        self.ended = threading.Event()
        self.api.add_api_route("/events", self.events)
        self.api.add_api_websocket_route("/echo", self.echo)
        self.api.add_api_route("/broken", self.broken)

    async def events(self) -> StreamingResponse:
        async def parts() -> AsyncIterator[str]:
            try:
                yield "first\n"
                await anyio.to_thread.run_sync(self.may_go_on.wait, 30)
                yield "second\n"
                await anyio.sleep_forever()
            finally:
                self.ended.set()

        return StreamingResponse(parts(), media_type="text/event-stream")

    async def echo(self, socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text((await socket.receive_text()).upper())
        await socket.close(4000, "enough")

    def broken(self) -> None:
        raise ArithmeticError("no data")


@pytest.fixture
def app() -> Application:
    return Application()


@pytest.mark.parametrize("mount", ["", "/apps/sales"])
def test_each_part_of_a_response_is_read_before_the_next_one_is_sent(app: Application, mount: str) -> None:
    client = FluxLitTestClient(app, root_mount=mount)

    with client.api_stream("/events") as answer:
        lines = answer.iter_lines()
        assert next(lines) == "first"
        app.may_go_on.set()
        assert next(lines) == "second"

    assert app.ended.wait(30), "an endless response ends when nobody reads it any more"


@pytest.mark.parametrize("mount", ["", "/apps/sales"])
def test_a_websocket_talks_through_the_gateway(app: Application, mount: str) -> None:
    client = FluxLitTestClient(app, root_mount=mount)

    with client.api_websocket("/echo") as socket:
        socket.send_text("hello")
        assert socket.receive_text() == "HELLO"
        assert socket.receive() == {"type": "websocket.close", "code": 4000, "reason": "enough"}


def test_what_an_endpoint_raises_is_raised_in_the_test(app: Application) -> None:
    with pytest.raises(ArithmeticError, match="no data"):
        FluxLitTestClient(app).api_get("/broken")


def test_what_an_endpoint_raises_becomes_the_answer_that_visitors_get(app: Application) -> None:
    client = FluxLitTestClient(app, raise_server_exceptions=False)

    assert client.api_get("/broken").status_code == 500
