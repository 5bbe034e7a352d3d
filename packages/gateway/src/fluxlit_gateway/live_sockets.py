"""The WebSockets that are open, so that some of them can be closed from outside: at a logout, at a revocation.

Lifecycle: a socket is listed from its handshake, before anybody has decided about it, until its application has
returned. It is closed by a close frame to the browser, after which the server tells the application that it is gone.
One that cannot take the close frame, because its browser has stopped reading, is cut off instead.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from fluxlit_gateway.asgi import Message, Scope, Send
from fluxlit_gateway.bursts import SendBurst, burst_sender
from fluxlit_gateway.routing.request_context import RequestContext

__all__ = ("LiveSockets",)

# Seconds that a browser has to take the close frame.
_GRACE_S = 0.5


class LiveSockets:
    """All of them, of the API and of the UI."""

    def __init__(self) -> None:
        self._live: set[_LiveSocket] = set()

    async def serve(self, context: RequestContext, send: Send, answer: Callable[[Send], Awaitable[None]]) -> None:
        """List the socket while it is answered.

        Args:
            context: The handshake request.
            send: The server's ``send``.
            answer: Called with the ``send`` to use.
        """
        live = _LiveSocket(context, send)
        self._live.add(live)
        try:
            await answer(live)
        except asyncio.CancelledError:
            if not live.take_back_cut():
                raise
        except Exception:
            if not live.has_refused:
                raise
        finally:
            self._live.discard(live)
            await live.finished()

    def close(self, match: Callable[[Scope], bool], code: int) -> int:
        """Close those whose opening scope matches, and return their number. May be called from any thread.

        Args:
            match: Told the scope as the layers have left it.
            code: The close code, 3000 to 4999 or one of RFC 6455, section 7.4.1.
        """
        matching = [live for live in tuple(self._live) if match(live.context.scope)]
        for live in matching:
            live.loop.call_soon_threadsafe(partial(live.close, code))
        return len(matching)


class _LiveSocket:
    """One of them; it stands in for ``send``, and hands out the server's awaitable."""

    __slots__ = ("_answering", "_closing", "_is_cut", "_send", "context", "has_refused", "loop")

    def __init__(self, context: RequestContext, send: Send) -> None:
        self.context = context
        self.loop = asyncio.get_running_loop()
        self._send = send
        self._answering = asyncio.current_task()
        self._closing: asyncio.Task[None] | None = None
        self._is_cut = False
        # Whether the application was told by an error from ``send``; it may have made another error of that.
        self.has_refused = False

    def __call__(self, message: Message) -> Awaitable[None]:
        self._refuse_when_closing()
        return self._send(message)

    @property
    def send_burst(self) -> SendBurst | None:
        """See ``fluxlit_gateway.bursts``."""
        inner = burst_sender(self._send)
        return None if inner is None else partial(self._send_burst, inner)

    def _send_burst(self, inner: SendBurst, messages: Sequence[str | bytes]) -> Awaitable[None]:
        self._refuse_when_closing()
        return inner(messages)

    def _refuse_when_closing(self) -> None:
        if self._closing is not None:
            self.has_refused = True
            # What ASGI says of sending to who has gone; Starlette makes a WebSocketDisconnect of it.
            raise OSError("the WebSocket was closed by the server")

    def close(self, code: int) -> None:
        """Begin to close, in the loop's thread."""
        if self._closing is None and self._answering is not None and not self._answering.done():
            self._closing = self.loop.create_task(self._close(code))

    def take_back_cut(self) -> bool:
        """Tell whether the application was cancelled because of ``close``, and if so go on as if it had returned."""
        if self._is_cut and self._answering is not None:
            self._answering.uncancel()
        return self._is_cut

    async def finished(self) -> None:
        """Wait until the close frame is out."""
        if self._closing is not None:
            await asyncio.gather(self._closing, return_exceptions=True)

    async def _close(self, code: int) -> None:
        try:
            async with asyncio.timeout(_GRACE_S):
                await self._send({"type": "websocket.close", "code": code, "reason": ""})
        except TimeoutError:
            self._is_cut = True
            if self._answering is not None:
                self._answering.cancel()
