"""The lifespan of an ASGI application inside another one, as an async context manager.

The inner application runs its lifespan in a task of its own from start to end, because it may hold task groups or
cancel scopes that must be left in the task that entered them.
(https://asgi.readthedocs.io/en/latest/specs/lifespan.html)
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from fluxlit.errors import StartupError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.types import ASGIApp, Message

__all__ = ("running_lifespan",)


@contextlib.asynccontextmanager
async def running_lifespan(app: ASGIApp) -> AsyncGenerator[dict[str, Any]]:
    """Start `app`, run the block, stop `app`; what its lifespan put into `scope["state"]` comes out.

    Raises:
        StartupError: The application refused to start; what it raised, if anything, is the cause.
    """
    state: dict[str, Any] = {}
    inbox: asyncio.Queue[Message] = asyncio.Queue()
    outbox: asyncio.Queue[Message] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": state}
    task = asyncio.create_task(_run(app(scope, inbox.get, outbox.put), outbox), name="fluxlit-lifespan")
    inbox.put_nowait({"type": "lifespan.startup"})
    try:
        answer = await outbox.get()
        if answer["type"] == "lifespan.startup.failed":
            await task
            raise StartupError(answer.get("message") or "the API's lifespan refused to start")
        yield state
    finally:
        inbox.put_nowait({"type": "lifespan.shutdown"})
        await task


async def _run(application: Any, outbox: asyncio.Queue[Message]) -> None:
    try:
        await application
    except Exception as error:
        # Nobody waits for this message but a start that has not been answered; and the cause reaches the caller.
        outbox.put_nowait({"type": "lifespan.startup.failed", "message": f"{type(error).__name__}: {error}"})
        raise
