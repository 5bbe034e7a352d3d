"""What `ApiClient` and `AsyncApiClient` use in the place of a network: calls into the server's event loop.

A page runs in a thread of its own, an asynchronous client in a loop of its own. Each step of an exchange is done in the
server's loop and waited for from there, within the client's own time limits.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

from fluxlit_client.http_library import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine, Generator

    from fluxlit.native_api.exchange import AnswerHead, Exchange
    from fluxlit.native_api.serving_loop import ServingLoop

__all__ = ("AsyncTransport", "BlockingTransport", "BodySource")

BodySource = Callable[[], Awaitable[bytes | None]]
"""The next piece of a request's body, asked for in the server's loop."""

_Result = TypeVar("_Result")


class BlockingTransport(httpx.BaseTransport):
    """For `ApiClient`: the calling thread waits.

    Args:
        loop: Where the application is served.
        make: Makes the exchange for a request, in that loop.
    """

    def __init__(self, loop: ServingLoop, make: Callable[[httpx.Request, BodySource], Exchange]) -> None:
        self._loop = loop
        self._make = make

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request; the body is still to be read."""
        if self._loop.is_here:
            raise httpx.ConnectError(
                "the blocking ApiClient was called in the event loop that serves the API, where it would wait for "
                "itself; use AsyncApiClient there"
            )
        seconds = _seconds(request)
        body = _pulled_in_a_thread(request.stream)
        exchange, head = self._wait(_opened(self._make, request, body), seconds)
        stream = _BlockingStream(exchange, lambda work: self._wait(work, seconds))
        return httpx.Response(head.status, headers=list(head.headers), stream=stream)

    def _wait(self, work: Coroutine[Any, Any, _Result], seconds: float | None) -> _Result:
        with _as_library_errors():
            future = self._loop.submit(work)
            try:
                return future.result(seconds)
            except BaseException:
                future.cancel()
                raise


class AsyncTransport(httpx.AsyncBaseTransport):
    """For `AsyncApiClient`: in whichever loop it is used, the server's own included.

    Args:
        loop: Where the application is served.
        make: Makes the exchange for a request, in that loop.
    """

    def __init__(self, loop: ServingLoop, make: Callable[[httpx.Request, BodySource], Exchange]) -> None:
        self._loop = loop
        self._make = make

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request; the body is still to be read."""
        seconds = _seconds(request)
        body = _pulled_in_its_loop(request.stream, asyncio.get_running_loop())
        exchange, head = await self._wait(_opened(self._make, request, body), seconds)
        stream = _AsyncStream(exchange, lambda work: self._wait(work, seconds))
        return httpx.Response(head.status, headers=list(head.headers), stream=stream)

    async def _wait(self, work: Coroutine[Any, Any, _Result], seconds: float | None) -> _Result:
        with _as_library_errors():
            future = self._loop.submit(work)
            try:
                return await asyncio.wait_for(asyncio.wrap_future(future), seconds)
            except asyncio.CancelledError:
                own = asyncio.current_task()
                if future.cancelled() and (own is None or not own.cancelling()):
                    raise concurrent.futures.CancelledError from None
                raise


async def _opened(
    make: Callable[[httpx.Request, BodySource], Exchange], request: httpx.Request, body: BodySource
) -> tuple[Exchange, AnswerHead]:
    exchange = make(request, body)
    try:
        return exchange, await exchange.open()
    except asyncio.CancelledError:
        exchange.close()
        raise


class _BlockingStream(httpx.SyncByteStream):
    def __init__(self, exchange: Exchange, wait: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
        self._exchange = exchange
        self._wait = wait

    def __iter__(self) -> Generator[bytes]:
        while (part := self._wait(self._exchange.next_part())) is not None:
            yield part

    def close(self) -> None:
        self._exchange.leave()


class _AsyncStream(httpx.AsyncByteStream):
    def __init__(self, exchange: Exchange, wait: Callable[[Coroutine[Any, Any, Any]], Awaitable[Any]]) -> None:
        self._exchange = exchange
        self._wait = wait

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        while (part := await self._wait(self._exchange.next_part())) is not None:
            yield part

    async def aclose(self) -> None:
        self._exchange.leave()


def _pulled_in_a_thread(stream: object) -> BodySource:
    # Only asked for when the application reads: a body that it refuses is never read.
    parts = iter(cast("Iterable[bytes]", stream) if isinstance(stream, Iterable) else ())

    async def next_body() -> bytes | None:
        if isinstance(stream, httpx.ByteStream):
            return next(parts, None)
        return await asyncio.to_thread(next, parts, None)

    return next_body


def _pulled_in_its_loop(stream: object, loop: asyncio.AbstractEventLoop) -> BodySource:
    empty = httpx.ByteStream(b"")
    parts = aiter(cast("AsyncIterable[bytes]", stream) if isinstance(stream, AsyncIterable) else empty)

    async def next_part() -> bytes | None:
        return await anext(parts, None)

    async def next_body() -> bytes | None:
        if asyncio.get_running_loop() is loop:
            return await next_part()
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(next_part(), loop))

    return next_body


def _seconds(request: httpx.Request) -> float | None:
    # As over a socket: the limit holds for each wait, not for the whole answer.
    timeout: dict[str, float | None] = request.extensions.get("timeout", {})
    return timeout.get("read")


@contextmanager
def _as_library_errors() -> Generator[None]:
    try:
        yield
    except concurrent.futures.CancelledError:
        # The server's doing: a caller that is cancelled itself gets asyncio's error of that name.
        raise httpx.RemoteProtocolError("the application has stopped serving") from None
    except TimeoutError:
        raise httpx.ReadTimeout("the API did not answer in time") from None
    except ConnectionError as error:
        raise httpx.RemoteProtocolError(str(error)) from error
