from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosed, InvalidStatus

from fluxlit_gateway import AppUpstream

if TYPE_CHECKING:
    from collections.abc import Callable

MIB = 1 << 20


def client(url: str, user: str = "", **options: Any) -> Any:
    return open_socket(url, proxy=None, compression=None, additional_headers={"cookie": f"user={user}"}, **options)


def knows_users(app: Any) -> Any:
    """A layer as a login has one: it says in the state who opens the socket."""

    async def layer(scope: Any, receive: Any, send: Any) -> None:
        state = scope["state"]
        state["user"] = dict(scope["headers"]).get(b"cookie", b"").decode().removeprefix("user=")
        await app({**scope, "state": state}, receive, send)

    return layer


def belongs_to(user: str) -> Callable[[Any], bool]:
    def match(scope: Any) -> bool:
        return scope["state"].get("user") == user

    return match


def any_socket(scope: Any) -> bool:
    return scope["type"] == "websocket"


class Echo:
    """An application that echoes and tells how each of its sockets ended."""

    def __init__(self) -> None:
        self.ended: asyncio.Queue[int] = asyncio.Queue()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "websocket"
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({**message, "type": "websocket.send"})
        await self.ended.put(message["code"])


async def close_code(socket: Any, patience: float) -> int:
    with pytest.raises(ConnectionClosed) as closed:
        await asyncio.wait_for(socket.recv(), patience)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


@pytest.mark.parametrize("where", ["ui", "ui in process", "api"])
async def test_sockets_that_match_are_closed_with_the_code_and_the_others_stay(
    servers: Any, patience: float, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    echo = Echo()
    upstream = AppUpstream(echo) if where == "ui in process" else await servers(echo, lifespan="off", unix=True)
    app = servers.build(upstream, api=echo, layers=[knows_users])
    gateway = await servers(app, lifespan="off")
    url = gateway.ws + ("/api/ws" if where == "api" else "/ws")
    async with client(url, "ann") as first, client(url, "ann") as second, client(url, "bob") as other:
        for socket in (first, second, other):
            await socket.send("hello")
            assert await socket.recv() == "hello"
        assert app.close_sockets(belongs_to("ann")) == 2
        assert [await close_code(socket, patience) for socket in (first, second)] == [4401, 4401]
        assert [await asyncio.wait_for(echo.ended.get(), patience) for _ in range(2)] == [4401, 4401]
        await other.send("still here")
        assert await other.recv() == "still here"
        assert app.close_sockets(belongs_to("ann")) == 0
        assert app.close_sockets(belongs_to("bob"), 4408) == 1
        assert await close_code(other, patience) == 4408
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_framework_application_takes_it_for_a_disconnect(
    servers: Any, patience: float, caplog: pytest.LogCaptureFixture
) -> None:
    told = asyncio.Event()

    async def pushing(socket: Any) -> None:
        await socket.accept()
        await socket.send_text("hello")
        await told.wait()
        await socket.send_text("too late")

    app = servers.build(api=Starlette(routes=[WebSocketRoute("/ws", pushing)]))
    gateway = await servers(app)
    async with client(gateway.ws + "/api/ws") as socket:
        assert await socket.recv() == "hello"
        assert app.close_sockets(any_socket) == 1
        assert await close_code(socket, patience) == 4401
        told.set()
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_sockets_can_be_closed_from_another_thread(servers: Any, patience: float) -> None:
    app = servers.build(AppUpstream(Echo()))
    gateway = await servers(app, lifespan="off")
    async with client(gateway.ws + "/x") as socket:
        await socket.send("hello")
        await socket.recv()
        assert await asyncio.to_thread(app.close_sockets, any_socket) == 1
        assert await close_code(socket, patience) == 4401


async def test_a_browser_that_has_stopped_reading_is_cut_off(servers: Any, patience: float) -> None:
    is_stuck, ended = asyncio.Event(), asyncio.Event()

    async def flood(scope: Any, receive: Any, send: Any) -> None:
        del scope
        await receive()
        await send({"type": "websocket.accept"})
        receiving = asyncio.ensure_future(receive())
        try:
            while not receiving.done():
                sending = asyncio.ensure_future(send({"type": "websocket.send", "bytes": b"x" * MIB}))
                done, _ = await asyncio.wait({sending}, timeout=0.5)
                if not done:
                    is_stuck.set()
                await asyncio.wait({sending, receiving}, return_when=asyncio.FIRST_COMPLETED)
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
        finally:
            receiving.cancel()
            ended.set()

    app = servers.build(await servers(flood, lifespan="off", unix=True))
    gateway = await servers(app)
    async with client(gateway.ws + "/x", max_queue=1) as socket:
        await asyncio.wait_for(is_stuck.wait(), patience)
        assert app.close_sockets(any_socket) == 1
        await asyncio.wait_for(ended.wait(), patience)
        socket.transport.abort()


async def test_a_handshake_that_is_under_way_is_refused(
    servers: Any, patience: float, caplog: pytest.LogCaptureFixture
) -> None:
    asked, goes_on = asyncio.Event(), asyncio.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        del scope
        await receive()
        asked.set()
        await asyncio.wait_for(goes_on.wait(), patience)
        await send({"type": "websocket.accept"})
        await receive()

    app = servers.build(await servers(slow, lifespan="off", unix=True))
    gateway = await servers(app)
    opening = asyncio.ensure_future(client(gateway.ws + "/x").__aenter__())
    await asyncio.wait_for(asked.wait(), patience)
    assert app.close_sockets(any_socket) == 1
    with pytest.raises(InvalidStatus) as refusal:
        await asyncio.wait_for(opening, patience)
    goes_on.set()
    assert refusal.value.response.status_code == 403
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
