"""Counts the sessions of a sidecar where they begin and end: at its WebSockets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Message: TypeAlias = MutableMapping[str, Any]
    Receive: TypeAlias = Callable[[], Awaitable[Message]]
    Send: TypeAlias = Callable[[Message], Awaitable[None]]
    ASGIApplication: TypeAlias = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

__all__ = ("SessionMeter",)


class SessionMeter:
    """ASGI middleware that knows how many sockets are open and hears each message that makes a script run.

    Args:
        app: The application.
        on_change: Called with the open sockets and those since the start.
        on_message: Called for each message from a browser.
    """

    def __init__(
        self, app: ASGIApplication, *, on_change: Callable[[int, int], object], on_message: Callable[[], object]
    ) -> None:
        self._app = app
        self._on_change = on_change
        self._on_message = on_message
        self._active = 0
        self._served = 0

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request; all but WebSockets pass untouched."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        counted = False

        # It hands out the server's awaitable: a coroutine around each message of a page would be one too many.
        def counting_send(message: Message) -> Awaitable[None]:
            nonlocal counted
            if not counted and message["type"] == "websocket.accept":
                counted = True
                self._change(opened=True)
            return send(message)

        async def hearing_receive() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive":
                self._on_message()
            return message

        try:
            await self._app(scope, hearing_receive, counting_send)
        finally:
            if counted:
                self._change(opened=False)

    def _change(self, *, opened: bool) -> None:
        self._active += 1 if opened else -1
        self._served += opened
        self._on_change(self._active, self._served)
