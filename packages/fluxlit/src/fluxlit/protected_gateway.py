"""A gateway that is served by itself, as in a test: what protects the application runs with the API's lifespan.

Where an application is served as a whole, its `Stack` runs both.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ("ProtectedGateway",)


class ProtectedGateway:
    """An ASGI application: a gateway, and what runs beside it from the end of its start to the begin of its end.

    Args:
        gateway: The gateway. A failure of its lifespan reaches the caller as the gateway raises it.
        running: What runs beside it.
    """

    def __init__(self, gateway: ASGIApp, running: Callable[[], AbstractAsyncContextManager[None]]) -> None:
        self._gateway = gateway
        self._running = running

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection, or the lifespan."""
        if scope["type"] != "lifespan":
            await self._gateway(scope, receive, send)
            return
        async with contextlib.AsyncExitStack() as stack:

            async def sending(message: Message) -> None:
                if message["type"] == "lifespan.startup.complete":
                    await stack.enter_async_context(self._running())
                await send(message)

            async def receiving() -> Message:
                message = await receive()
                if message["type"] == "lifespan.shutdown":
                    await stack.aclose()
                return message

            await self._gateway(scope, receiving, sending)
