import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, closing
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse
from fastapi.sse import ServerSentEvent as ServerEvent
from pydantic import BaseModel

from fluxlit_client import (
    ApiClient,
    ApiConnectionError,
    ApiStatusError,
    ApiStreamError,
    ApiTimeoutError,
    AsyncApiClient,
    ServerSentEvent,
)

if TYPE_CHECKING:
    from conftest import Serve

app = FastAPI()
left = threading.Event()


class Item(BaseModel):
    id: int


async def _endless(chunk: bytes) -> AsyncIterator[bytes]:
    try:
        yield chunk
        await asyncio.Event().wait()
    finally:
        left.set()


@app.get("/text")
async def text(request: Request) -> StreamingResponse:
    async def words() -> AsyncIterator[bytes]:
        for word in ("grün", "blau"):
            yield word.encode("latin-1")

    assert request.method == "GET"
    return StreamingResponse(words(), media_type="text/plain; charset=latin-1")


@app.post("/echo")
async def echo(request: Request) -> StreamingResponse:
    return StreamingResponse(iter([await request.body()]))


@app.get("/endless/{kind}")
async def endless(kind: str) -> StreamingResponse:
    chunks = {"text": b"x", "json": b"1\n", "events": b"data: x\n\n"}
    return StreamingResponse(
        _endless(chunks[kind]), media_type="text/event-stream" if kind == "events" else "text/plain"
    )


@app.get("/items")
async def items(count: int = 3) -> AsyncIterator[Item]:
    for number in range(count):
        yield Item(id=number)


@app.get("/sync-items")
def sync_items() -> Iterator[Item]:
    yield from (Item(id=number) for number in range(2))


@app.get("/events", response_class=EventSourceResponse)
async def typed_events() -> AsyncIterator[Item]:
    yield Item(id=1)


@app.get("/named-events", response_class=EventSourceResponse)
async def named_events(request: Request) -> AsyncIterator[ServerEvent]:
    yield ServerEvent(raw_data=request.headers.get("last-event-id", "none"), event="seen", id="8")
    yield ServerEvent(data={"a": 1}, retry=20)


@app.get("/broken")
async def broken() -> StreamingResponse:
    async def fail() -> AsyncIterator[bytes]:
        yield b"1\n"
        raise RuntimeError("in the middle")

    return StreamingResponse(fail())


@app.get("/refused")
def refused() -> None:
    raise HTTPException(403, "not you")


@pytest.fixture(scope="module")
def base_url(serve: "Serve") -> str:
    return serve(app).unix


@pytest.fixture
def client(base_url: str) -> ApiClient:
    left.clear()
    return ApiClient(base_url, app=app)


@pytest.fixture
def async_client(base_url: str) -> AsyncApiClient:
    left.clear()
    return AsyncApiClient(base_url, app=app)


def test_text_comes_in_the_encoding_that_the_server_names(client: ApiClient) -> None:
    assert "".join(client.stream_text("/text")) == "grünblau"
    assert "".join(client.stream_text("/echo", method="POST", json={"a": 1})) == '{"a":1}'


def test_json_lines_come_as_values_or_models(client: ApiClient) -> None:
    assert list(client.stream_json("/items", params={"count": 2})) == [{"id": 0}, {"id": 1}]
    assert list(client.stream_json("/items", Item)) == [Item(id=0), Item(id=1), Item(id=2)]


def test_events_come_with_type_id_and_retry_and_can_be_resumed(client: ApiClient) -> None:
    assert list(client.events("/named-events", last_event_id="7")) == [
        ServerSentEvent("7", "seen", "8"),
        ServerSentEvent('{"a": 1}', "message", "8", 20),
    ]


def test_a_generator_endpoint_is_called_item_by_item(client: ApiClient) -> None:
    assert list(client.call(items, count=2)) == [Item(id=0), Item(id=1)]
    assert list(client.call(sync_items)) == [Item(id=0), Item(id=1)]
    assert list(client.call(typed_events)) == [Item(id=1)]
    assert [event.data for event in client.call_unchecked(named_events)] == ["none", '{"a": 1}']


@pytest.mark.parametrize("read", [ApiClient.stream_text, ApiClient.stream_json, ApiClient.events])
def test_a_refused_stream_is_a_status_error(client: ApiClient, read: Callable[[ApiClient, str], Iterator[Any]]) -> None:
    with pytest.raises(ApiStatusError, match="not you"):
        list(read(client, "/refused"))


def test_a_stream_that_breaks_off_is_a_connection_error(client: ApiClient) -> None:
    stream = client.stream_json("/broken")
    assert next(stream) == 1
    with pytest.raises(ApiConnectionError):
        next(stream)


def test_another_content_type_is_no_event_stream(client: ApiClient) -> None:
    with pytest.raises(ApiStreamError, match="got 'text/plain; charset=latin-1'"):
        list(client.events("/text"))


def test_a_stream_that_falls_silent_runs_into_the_read_timeout(client: ApiClient) -> None:
    # Long enough for the first word on a busy machine.
    stream = client.stream_text("/endless/text", timeout=3)
    assert next(stream) == "x"
    with pytest.raises(ApiTimeoutError):
        next(stream)
    assert left.wait(30)


@pytest.mark.parametrize("kind", ["text", "json", "events"])
def test_closing_the_iterator_ends_the_stream(client: ApiClient, kind: str) -> None:
    read: Any = {"text": client.stream_text, "json": client.stream_json, "events": client.events}[kind]
    with closing(read(f"/endless/{kind}")) as stream:
        next(stream)
        assert not left.is_set()
    assert left.wait(30)


def test_dropping_the_iterator_ends_the_stream(client: ApiClient) -> None:
    stream = client.events("/endless/events")
    next(stream)
    del stream
    assert left.wait(30)


def test_an_exception_in_the_loop_ends_the_stream(client: ApiClient) -> None:
    class StopException(BaseException):
        """As Streamlit's own, which passes through whatever a page is doing."""

    def page() -> None:
        for _ in client.stream_text("/endless/text"):
            raise StopException

    with pytest.raises(StopException):
        page()
    assert left.wait(30)


async def test_the_asynchronous_client_streams_the_same(async_client: AsyncApiClient) -> None:
    assert "".join([text async for text in async_client.stream_text("/text")]) == "grünblau"
    assert [item async for item in async_client.stream_json("/items", Item)] == [Item(id=0), Item(id=1), Item(id=2)]
    events = [event async for event in async_client.events("/named-events")]
    assert [event.data for event in events] == ["none", '{"a": 1}']
    assert [item async for item in await async_client.call(items, count=1)] == [Item(id=0)]
    assert [item async for item in await async_client.call(sync_items)] == [Item(id=0), Item(id=1)]
    assert [item async for item in await async_client.call(typed_events)] == [Item(id=1)]


def test_an_asynchronous_stream_leaves_no_connection_to_a_loop_that_is_closed_bare() -> None:
    hung_up = threading.Event()

    def answer_and_wait(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello")
            connection.settimeout(30)
            if not connection.recv(1):
                hung_up.set()

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        server = threading.Thread(target=answer_and_wait, args=(listener,))
        server.start()
        # As Streamlit's write_stream does: a loop of its own, which ends without shutdown_asyncgens().
        with closing(asyncio.new_event_loop()) as loop:
            texts = AsyncApiClient(f"http://127.0.0.1:{listener.getsockname()[1]}").stream_text("/")

            async def next_text() -> str | None:
                return await anext(texts, None)

            assert [loop.run_until_complete(next_text()) for _ in range(2)] == ["hello", None]
        server.join(30)
    assert hung_up.is_set()


async def test_closing_an_asynchronous_iterator_ends_the_stream(async_client: AsyncApiClient) -> None:
    async with aclosing(async_client.events("/endless/events")) as events:
        assert (await anext(events)).data == "x"
    assert await asyncio.to_thread(left.wait, 30)


async def test_errors_of_asynchronous_streams_are_ours(async_client: AsyncApiClient) -> None:
    with pytest.raises(ApiStatusError, match="not you"):
        await anext(async_client.stream_text("/refused"))
    with pytest.raises(ApiStreamError):
        await anext(async_client.events("/text"))
