"""The ASGI lifespan: the server's startup and shutdown, passed on to the applications behind the gateway.

Lifecycle: applications start in the given order and stop in reverse. One that knows no lifespan (it raises before it
answered) is taken to have none, as servers do; one that reports a failed startup fails the gateway's.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from fluxlit_gateway.asgi import ASGIApp, Message, Receive, Scope, Send

__all__ = ("AppLifespan", "serve_lifespan")


class AppLifespan:
    """The lifespan of one application, run in a task of its own.

    Args:
        app: The application.
        scope: The server's lifespan scope; its ``state`` is shared, so that what an application puts there arrives in
            its requests.
    """

    def __init__(self, app: ASGIApp, scope: Scope) -> None:
        self._app = app
        self._scope = scope
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._from_app: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> str | None:
        """Start the application; return ``None``, or what it reported as the reason of its failure."""
        self._task = asyncio.get_running_loop().create_task(self._run())
        return await self._ask("startup")

    async def stop(self) -> str | None:
        """Stop the application if it takes part in lifespans; return what it reported as a failure."""
        if self._task is None or self._task.done():
            return None
        failure = await self._ask("shutdown")
        await asyncio.gather(self._task, return_exceptions=True)
        return failure

    async def _ask(self, phase: str) -> str | None:
        await self._to_app.put({"type": f"lifespan.{phase}"})
        message = await self._from_app.get()
        if message["type"] == f"lifespan.{phase}.failed":
            return str(message.get("message") or f"the application reported a failed {phase}")
        return None

    async def _run(self) -> None:
        answered = False

        async def send(message: Message) -> None:
            nonlocal answered
            answered = True
            await self._from_app.put(message)

        try:
            await self._app(self._scope, self._to_app.get, send)
        except Exception as error:
            if answered:
                await self._from_app.put({"type": "lifespan.shutdown.failed", "message": str(error)})
                raise
        # Whoever still waits for an answer gets one: an application without a lifespan has started and stopped well.
        await self._from_app.put({"type": "lifespan.none"})


async def serve_lifespan(
    apps: Sequence[ASGIApp],
    scope: Scope,
    *,
    receive: Receive,
    send: Send,
    resources: AbstractAsyncContextManager[object],
) -> None:
    """Answer the server's lifespan messages.

    Args:
        apps: Applications in the order in which they start.
        scope: The server's lifespan scope.
        receive: The server's ``receive``.
        send: The server's ``send``.
        resources: Entered before the applications start, left after they have stopped or failed to start.
    """
    await receive()
    async with resources:
        started, failure = await _start(apps, scope)
        if failure is None:
            await send({"type": "lifespan.startup.complete"})
            await receive()
        failures = await _stop(started)
    if failure is not None:
        await send({"type": "lifespan.startup.failed", "message": failure})
    elif failures:
        await send({"type": "lifespan.shutdown.failed", "message": "; ".join(failures)})
    else:
        await send({"type": "lifespan.shutdown.complete"})


async def _start(apps: Sequence[ASGIApp], scope: Scope) -> tuple[list[AppLifespan], str | None]:
    started: list[AppLifespan] = []
    for app in apps:
        lifespan = AppLifespan(app, scope)
        failure = await lifespan.start()
        if failure is not None:
            return started, failure
        started.append(lifespan)
    return started, None


async def _stop(started: Sequence[AppLifespan]) -> list[str]:
    return [failure for lifespan in reversed(started) if (failure := await lifespan.stop()) is not None]
