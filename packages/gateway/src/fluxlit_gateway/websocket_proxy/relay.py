"""Messages between a browser and an upstream, until either side closes.

Each direction waits for the other side to take a message before it reads the next, so that a slow reader slows the
writer down instead of filling memory. What the upstream has sent in one piece goes on in one. The side that closes
first decides the code and reason that the other one sees.
"""

import asyncio
import contextlib
from collections.abc import Sequence

from fluxlit_gateway.asgi import Receive, Send
from fluxlit_gateway.bursts import burst_sender
from fluxlit_gateway.websocket_proxy.close_codes import (
    GOING_AWAY,
    MESSAGE_TOO_BIG,
    NO_STATUS,
    code_for_browser,
    code_for_upstream,
)
from fluxlit_gateway.websocket_proxy.closed import UpstreamClosedError
from fluxlit_gateway.websocket_proxy.upstream_socket import UpstreamSocket

__all__ = ("relay",)


async def relay(socket: UpstreamSocket, *, receive: Receive, send: Send, max_message_bytes: int | None) -> None:
    """Pass messages both ways; return when both sides have ended.

    Args:
        socket: The open upstream side.
        receive: The ASGI ``receive`` of the accepted browser side.
        send: The ASGI ``send`` of the accepted browser side.
        max_message_bytes: Largest message from the browser; the connection is closed with 1009 for a larger one.
    """
    relaying = _Relay(socket, receive=receive, send=send, limit=max_message_bytes)
    upward = asyncio.get_running_loop().create_task(relaying.upward())
    try:
        await relaying.downward()
        await socket.gone()
    finally:
        upward.cancel()
        await asyncio.gather(upward, return_exceptions=True)
        socket.abort()


class _Relay:
    def __init__(self, socket: UpstreamSocket, *, receive: Receive, send: Send, limit: int | None) -> None:
        self._socket = socket
        self._receive = receive
        self._send = send
        self._limit = limit
        self._browser_gone = False

    async def downward(self) -> None:
        """Upstream to browser, and in the end the upstream's close code."""
        receive, send = self._socket.receive, self._send
        send_together = burst_sender(send) or self._send_one_by_one
        try:
            while True:
                await send_together(await receive())
        except UpstreamClosedError as closed:
            if not self._browser_gone:
                code, reason = code_for_browser(closed)
                with contextlib.suppress(Exception):
                    await send({"type": "websocket.close", "code": code, "reason": reason})
        except Exception:  # noqa: BLE001  the browser has gone; each server has a class of its own for that
            self._browser_gone = True
            self._socket.close(GOING_AWAY, "")

    async def _send_one_by_one(self, messages: Sequence[str | bytes]) -> None:
        for message in messages:
            kind = "text" if isinstance(message, str) else "bytes"
            await self._send({"type": "websocket.send", kind: message})

    async def upward(self) -> None:
        """Browser to upstream, and in the end the browser's close code."""
        socket, receive, limit = self._socket, self._receive, self._limit
        try:
            while (message := await receive())["type"] == "websocket.receive":
                data = message.get("bytes")
                if data is None:
                    data = message.get("text") or ""
                if limit is not None and len(data) > limit:
                    socket.close(MESSAGE_TOO_BIG, "")
                    return
                socket.send(data)
                if socket.is_full:
                    await socket.has_room()
        except UpstreamClosedError:
            return
        self._browser_gone = True
        code = message.get("code", NO_STATUS)
        socket.close(*code_for_upstream(code, message.get("reason") or ""))
