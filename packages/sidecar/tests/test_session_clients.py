"""Who writes a session's messages to its browser: at once, or later and in order for a browser that reads slowly."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from starlette.websockets import WebSocket
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.session_manager import SessionClientDisconnectedError
from streamlit.web.server.starlette import starlette_websocket
from websockets.asyncio.client import connect as open_socket

from fluxlit_sidecar.streamlit_server.browser_socket.protocol import BrowserSocket
from fluxlit_sidecar.streamlit_server.run_costs.session_clients import _direct_client

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable

PATIENCE = 30.0
LARGE = 100_000
Client = _direct_client(starlette_websocket.StarletteSessionClient, vars(starlette_websocket))


def messages(numbers: Iterable[int], size: int = 1) -> list[ForwardMsg]:
    made: list[ForwardMsg] = []
    for number in numbers:
        message = ForwardMsg()
        message.delta.new_element.text.body = f"{number}:" + "x" * size
        made.append(message)
    return made


def number_of(data: str | bytes) -> int:
    message = ForwardMsg()
    assert isinstance(data, bytes)
    message.ParseFromString(data)
    return int(message.delta.new_element.text.body.partition(":")[0])


@pytest.fixture
async def connected() -> AsyncGenerator[Callable[..., Awaitable[tuple[Any, Any]]]]:
    """A session's client, and the browser at its other end: ``client, browser = await connected()``."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(ws: Any = BrowserSocket) -> tuple[Any, Any]:
            there: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

            async def app(scope: Any, receive: Any, send: Any) -> None:
                websocket = WebSocket(scope, receive, send)
                await websocket.accept()
                client = Client(websocket)
                there.set_result(client)
                while (await websocket.receive())["type"] != "websocket.disconnect":
                    pass
                await client.aclose()

            listening = socket.socket()
            listening.bind(("127.0.0.1", 0))
            server = uvicorn.Server(
                uvicorn.Config(app, log_config=None, lifespan="off", ws=ws, ws_per_message_deflate=False)
            )
            config = server.config
            config.load()
            server.lifespan = config.lifespan_class(config)
            await server.startup([listening])
            stack.push_async_callback(server.shutdown, [listening])
            url = f"ws://127.0.0.1:{listening.getsockname()[1]}/"
            browser = await stack.enter_async_context(open_socket(url, proxy=None, compression=None, max_queue=1))
            return await asyncio.wait_for(there, PATIENCE), browser

        yield start


async def test_messages_are_written_before_the_loop_has_a_turn(connected: Any) -> None:
    client, browser = await connected()
    client.write_together(messages(range(10)))
    assert client._send_queue.empty()
    assert not client.is_behind
    async with asyncio.timeout(PATIENCE):
        assert [number_of(await browser.recv()) for _ in range(10)] == list(range(10))


async def test_a_browser_that_reads_late_gets_all_in_order_and_is_written_to_directly_again(connected: Any) -> None:
    client, browser = await connected()
    client.write_together(messages(range(200), LARGE))
    client.write_forward_msg(messages([200])[0])
    assert client.is_behind
    async with asyncio.timeout(PATIENCE):
        assert [number_of(await browser.recv()) for _ in range(201)] == list(range(201))
        assert not client.is_behind
        client.write_together(messages([201]))
        assert client._send_queue.empty()
        assert number_of(await browser.recv()) == 201


async def test_a_browser_for_which_too_many_messages_wait_is_given_up(connected: Any) -> None:
    client, browser = await connected()
    with pytest.raises(SessionClientDisconnectedError):
        client.write_together(messages(range(700), LARGE))
    with pytest.raises(SessionClientDisconnectedError):
        client.write_forward_msg(messages([0])[0])
    # It would read all of it before its close frame.
    browser.transport.abort()


async def test_a_browser_that_has_left_is_not_written_to(connected: Any) -> None:
    client, browser = await connected()
    await browser.close()
    async with asyncio.timeout(PATIENCE):
        await client._closed.wait()
    with pytest.raises(SessionClientDisconnectedError):
        client.write_together(messages([0]))


async def test_behind_another_socket_messages_go_streamlits_way(connected: Any) -> None:
    client, browser = await connected("websockets-sansio")
    client.write_together(messages(range(10)))
    assert client._send_queue.qsize() == 10
    async with asyncio.timeout(PATIENCE):
        assert [number_of(await browser.recv()) for _ in range(10)] == list(range(10))
    assert client.is_behind
