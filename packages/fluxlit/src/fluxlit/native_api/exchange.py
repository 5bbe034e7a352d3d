"""One request to an ASGI application and its streamed answer, within one process.

Lifecycle: lives in the event loop that serves the application. `open` starts the application and returns the head of
its answer, `next_part` the body piece by piece, and `close` ends what still runs, as a client that has gone would.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.types import ASGIApp, Message, Scope

__all__ = ("AnswerHead", "Exchange")

_LOGGER = logging.getLogger("fluxlit.api")
_FAILED = ((b"content-type", b"text/plain; charset=utf-8"),)


class AnswerHead(NamedTuple):
    """Status and headers of an answer."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]


class Exchange:
    """Calls `app` once.

    Args:
        app: The application.
        scope: Of the request.
        next_body: The next piece of the request's body, and nothing after the last.
        tasks: Where its task is kept as long as it runs, background tasks of the answer included.
    """

    def __init__(
        self,
        app: ASGIApp,
        scope: Scope,
        *,
        next_body: Callable[[], Awaitable[bytes | None]],
        tasks: set[asyncio.Task[None]],
    ) -> None:
        self._tasks = tasks
        self._app = app
        self._scope = scope
        self._next_body = next_body
        self._body_ended = False
        self._loop = asyncio.get_running_loop()
        self._head: asyncio.Future[AnswerHead] = self._loop.create_future()
        self._parts: list[bytes] = []
        self._complete = False
        self._failed = False
        # Set while there is something to read, and while there is room to write.
        self._readable = asyncio.Event()
        self._writable = asyncio.Event()
        self._gone = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> AnswerHead:
        """Start the application and wait for the head of its answer; 500 when it fails before."""
        self._task = asyncio.create_task(self._run(), name="fluxlit-native-api")
        self._tasks.add(self._task)
        self._task.add_done_callback(self._tasks.discard)
        return await self._head

    async def next_part(self) -> bytes | None:
        """What of the body has come since the last call, or nothing at its end.

        Raises:
            ConnectionError: The application failed in the middle of its answer.
        """
        await self._readable.wait()
        data = b"".join(self._parts)
        self._parts.clear()
        if data:
            if not self._complete:
                self._readable.clear()
            self._writable.set()
            return data
        if self._failed:
            raise ConnectionError("the API failed in the middle of its answer")
        return None

    def close(self) -> None:
        """Tell the application that its client has gone, and end it if its answer is not complete."""
        self._gone.set()
        self._writable.set()
        if self._task is not None and not self._task.done() and not self._complete:
            self._task.cancel()

    def leave(self) -> None:
        """`close`, from any thread; at once, and without an effect when the loop is closed already."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self.close)

    async def _run(self) -> None:
        try:
            await self._app(self._scope, self._receive, self._send)
        except asyncio.CancelledError:
            self._failed = not self._complete
        except Exception:
            # As uvicorn tells it: Starlette answers 500 and raises all the same.
            _LOGGER.exception("exception in the API")
            self._failed = not self._complete
        finally:
            self._end()

    def _end(self) -> None:
        if not self._head.done():
            self._failed = False
            self._parts.append(b"Internal Server Error")
            self._head.set_result(AnswerHead(500, _FAILED))
        self._complete = True
        self._readable.set()

    async def _receive(self) -> Message:
        if not self._body_ended:
            data = await self._next_body()
            self._body_ended = data is None
            return {"type": "http.request", "body": data or b"", "more_body": data is not None}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._head.set_result(AnswerHead(message["status"], list(message.get("headers", ()))))
        elif message["type"] == "http.response.body" and not self._complete:
            await self._take(message)

    async def _take(self, message: Any) -> None:
        data = message.get("body", b"")
        if data and self._scope["method"] != "HEAD":
            self._parts.append(bytes(data))
        if not message.get("more_body", False):
            self._complete = True
            # An application may watch for it, and need not do so for ever.
            self._gone.set()
        if self._parts or self._complete:
            self._readable.set()
        if self._parts and not self._complete:
            self._writable.clear()
            await self._writable.wait()
