"""How a page's `ApiClient` reaches the application in process: a transport that passes requests to a test client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio.to_thread import run_sync

from fluxlit_testing.http_library import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator

    from starlette.testclient import TestClient
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ("AsyncInProcessTransport", "InProcessTransport", "MountedApi")


class MountedApi:
    """The API below its prefix, as the internal API of a running application shows it: without the gateway's guard."""

    def __init__(self, api: ASGIApp, *, prefix: str) -> None:
        """Serve `api` below `prefix`."""
        self._api = api
        self._prefix = prefix.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        await self._api({**scope, "root_path": self._prefix}, receive, send)


class InProcessTransport(httpx.BaseTransport):
    """Answers requests by the client that `make` gives, made anew for each so that no cookie is kept."""

    def __init__(self, make: Callable[[], TestClient]) -> None:
        """Pass requests to `make()`."""
        self._make = make

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request; the body is still to be read."""
        return self._make().send(request, stream=True, auth=None, follow_redirects=False)


class AsyncInProcessTransport(httpx.AsyncBaseTransport):
    """The same for asynchronous clients: the blocking parts wait on another thread."""

    def __init__(self, blocking: httpx.BaseTransport) -> None:
        """Pass requests to `blocking`."""
        self._blocking = blocking

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request; the body is still to be read."""
        whole = httpx.Request(
            request.method, request.url, headers=request.headers, content=await request.aread() or None
        )
        answer = await run_sync(self._blocking.handle_request, whole)
        return httpx.Response(answer.status_code, headers=answer.headers, stream=_ThreadedStream(answer))


class _ThreadedStream(httpx.AsyncByteStream):
    def __init__(self, answer: httpx.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        parts = self._answer.iter_raw()
        while (part := await run_sync(_next_part, parts)) is not None:
            yield part

    async def aclose(self) -> None:
        await run_sync(self._answer.close)


def _next_part(parts: Iterator[bytes]) -> bytes | None:
    return next(parts, None)
