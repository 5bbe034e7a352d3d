"""How a page's `ApiClient` reaches the application in process: a transport that passes requests to a test client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio.to_thread import run_sync

from fluxlit_auth.guard.internal_identity import InternalIdentity
from fluxlit_testing.http_library import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator

    from starlette.testclient import TestClient
    from starlette.types import ASGIApp, Receive, Scope, Send

    from fluxlit_testing.application import AppWithApi

__all__ = ("AsyncInProcessTransport", "InProcessTransport", "internal_api")


def internal_api(app: AppWithApi, *, prefix: str) -> ASGIApp:
    """The API below its prefix, as pages of a running application reach it: without the gateway, as their user."""
    plan = getattr(app, "guard_plan", None)
    guarded: ASGIApp = app.api if plan is None else InternalIdentity(app.api, plan)
    root_path = prefix.rstrip("/")

    async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
        await guarded({**scope, "root_path": root_path}, receive, send)

    return mounted


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
