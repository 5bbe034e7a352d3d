"""The API as pages of the native runtime reach it: the same as over the socket, without one."""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.responses import StreamingResponse

from fluxlit.native_api import NativeApi
from fluxlit_client import ApiClient, ApiConnectionError, ApiTimeoutError, AsyncApiClient, unix_base_url

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

# Nobody has made this socket, and nobody will.
BASE_URL = unix_base_url("/nowhere/api.sock", prefix="/api")
PATIENCE = 30.0


class Api:
    """An API whose routes a test can hold."""

    def __init__(self) -> None:
        self.app = FastAPI()
        self.go_on = asyncio.Event()
        self.left = asyncio.Event()
        self.in_background = threading.Event()
        for path, method, route in (
            ("/where", "GET", self.where),
            ("/echo", "POST", self.echo),
            ("/ignore", "POST", self.ignore),
            ("/parts", "GET", self.parts),
            ("/wait", "GET", self.wait),
            ("/broken", "GET", self.broken),
            ("/half", "GET", self.half),
            ("/later", "GET", self.later),
        ):
            self.app.add_api_route(path, route, methods=[method], response_model=None)

    async def where(self, request: Request) -> dict[str, Any]:
        query, headers = dict(request.query_params), dict(request.headers)
        return {"path": request.url_for("where").path, "state": request.state.pool, "query": query, "headers": headers}

    async def echo(self, request: Request) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    async def ignore(self) -> dict[str, str]:
        return {"read": "nothing"}

    async def parts(self) -> StreamingResponse:
        async def told() -> AsyncGenerator[bytes]:
            try:
                yield b"first"
                await self.go_on.wait()
                yield b"second"
            finally:
                self.left.set()

        return StreamingResponse(told())

    async def wait(self) -> None:
        try:
            await self.go_on.wait()
        finally:
            self.left.set()

    async def broken(self) -> None:
        raise LookupError("no such thing")

    async def half(self) -> StreamingResponse:
        async def told() -> AsyncGenerator[bytes]:
            yield b"half"
            raise LookupError("and no more")

        return StreamingResponse(told())

    async def later(self, tasks: BackgroundTasks) -> str:
        async def finish() -> None:
            await self.go_on.wait()
            self.in_background.set()

        tasks.add_task(finish)
        return "soon"


@asynccontextmanager
async def running(api: Api) -> AsyncGenerator[NativeApi]:
    native = NativeApi(api.app, base_url=BASE_URL, prefix="/api", state={"pool": "a pool"})
    await native.start()
    try:
        yield native
    finally:
        api.go_on.set()
        await native.stop()
        await native.stop()


async def in_a_thread(function: Any, *arguments: Any, **options: Any) -> Any:
    return await asyncio.wait_for(asyncio.to_thread(function, *arguments, **options), PATIENCE)


async def test_a_page_reaches_routes_below_the_prefix_with_the_lifespans_state() -> None:
    async with running(Api()):
        with ApiClient(BASE_URL) as client:
            answer = (await in_a_thread(client.get, "/where", params={"q": "ä b"}, headers={"X-Y": "z"})).json()
    assert answer["path"] == "/api/where"
    assert answer["state"] == "a pool"
    assert answer["query"] == {"q": "ä b"}
    assert answer["headers"]["x-y"] == "z"
    assert answer["headers"]["host"] == "localhost"


async def test_an_asynchronous_client_works_in_the_servers_loop_and_in_another() -> None:
    async def ask() -> str:
        async with AsyncApiClient(BASE_URL) as client:
            return (await client.get("/where")).json()["path"]

    async with running(Api()):
        assert await ask() == "/api/where"
        assert await in_a_thread(asyncio.run, ask()) == "/api/where"


async def test_the_blocking_client_in_the_servers_loop_is_refused_instead_of_waiting_for_itself() -> None:
    async with running(Api()):
        with ApiClient(BASE_URL) as client, pytest.raises(ApiConnectionError, match="AsyncApiClient"):
            client.get("/where")


@pytest.mark.parametrize("path", ["/echo", "/ignore"])
async def test_a_body_is_read_as_far_as_the_application_wants_it(path: str) -> None:
    read: list[int] = []

    def body() -> Any:
        for number in range(20):
            read.append(number)
            yield b"x" * 100_000

    async with running(Api()):
        with ApiClient(BASE_URL) as client:
            answer = (await in_a_thread(client.post, path, content=body())).json()
    assert answer == ({"bytes": 2_000_000} if path == "/echo" else {"read": "nothing"})
    assert len(read) == (20 if path == "/echo" else 0)


async def test_an_asynchronous_body_is_pulled_from_its_own_loop() -> None:
    async def body() -> AsyncGenerator[bytes]:
        for _ in range(3):
            yield b"x" * 10

    async def ask() -> Any:
        async with AsyncApiClient(BASE_URL) as client:
            return (await client.post("/echo", content=body())).json()

    async with running(Api()):
        assert await in_a_thread(asyncio.run, ask()) == {"bytes": 30}


async def test_an_answer_streams_and_its_reader_may_leave() -> None:
    api = Api()

    def first_part() -> bytes:
        with ApiClient(BASE_URL) as client, client.stream("GET", "/parts") as answer:
            return next(answer.iter_bytes())

    async with running(api):
        assert await in_a_thread(first_part) == b"first"
        await asyncio.wait_for(api.left.wait(), PATIENCE)
        assert not api.go_on.is_set()


async def test_a_whole_streamed_answer_arrives() -> None:
    api = Api()
    async with running(api):
        api.go_on.set()
        with ApiClient(BASE_URL) as client:
            assert (await in_a_thread(client.get, "/parts")).content == b"firstsecond"


async def test_the_time_limit_of_a_client_holds_and_ends_the_request() -> None:
    api = Api()
    async with running(api):
        with ApiClient(BASE_URL, timeout=0.1) as client, pytest.raises(ApiTimeoutError):
            await in_a_thread(client.get, "/wait")
        await asyncio.wait_for(api.left.wait(), PATIENCE)

        async def ask() -> None:
            async with AsyncApiClient(BASE_URL, timeout=0.1) as client:
                await client.get("/wait")

        with pytest.raises(ApiTimeoutError):
            await ask()


async def test_a_route_that_fails_answers_500_and_one_that_fails_halfway_breaks_off() -> None:
    async with running(Api()):
        with ApiClient(BASE_URL) as client:
            assert (await in_a_thread(client.request, "GET", "/broken")).status_code == 500
            with pytest.raises(ApiConnectionError, match="middle of its answer"):
                await in_a_thread(client.get, "/half")


async def test_background_tasks_run_after_the_answer() -> None:
    api = Api()
    async with running(api):
        with ApiClient(BASE_URL) as client:
            assert (await in_a_thread(client.get, "/later")).json() == "soon"
        assert not api.in_background.is_set()
        api.go_on.set()
        assert await in_a_thread(api.in_background.wait, PATIENCE)


async def test_the_end_of_the_server_ends_waiting_clients() -> None:
    api = Api()
    native = NativeApi(api.app, base_url=BASE_URL, prefix="/api", state={"pool": ""})
    await native.start()
    with ApiClient(BASE_URL, timeout=PATIENCE) as client:
        waiting = asyncio.ensure_future(asyncio.to_thread(client.get, "/wait"))
        while not native.busy:
            await asyncio.to_thread(lambda: None)
        await native.stop()
        with pytest.raises(ApiConnectionError):
            await asyncio.wait_for(waiting, PATIENCE)
        with pytest.raises(ApiConnectionError):
            await in_a_thread(client.get, "/where")
