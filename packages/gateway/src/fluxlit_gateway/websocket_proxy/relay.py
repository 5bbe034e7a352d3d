"""Messages between a browser and an upstream, until either side closes.

Each direction waits for the other side to take a message before it reads the next, so that a slow reader slows the
writer down instead of filling memory. The side that closes first decides the code and reason that the other one sees.
"""

import asyncio

from websockets.exceptions import ConnectionClosed

from fluxlit_gateway.asgi import Receive, Send
from fluxlit_gateway.websocket_proxy.close_codes import GOING_AWAY, code_for_browser, code_for_upstream
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
    finally:
        upward.cancel()
        await asyncio.gather(upward, return_exceptions=True)
        socket.transport.abort()


class _Relay:
    def __init__(self, socket: UpstreamSocket, *, receive: Receive, send: Send, limit: int | None) -> None:
        self._socket = socket
        self._receive = receive
        self._send = send
        self._limit = limit
        self._browser_gone = False

    async def downward(self) -> None:
        """Upstream to browser. After the browser has gone it goes on reading, so that the closing handshake ends."""
        socket, send = self._socket, self._send
        try:
            while True:
                message = await socket.recv()
                if self._browser_gone:
                    continue
                try:
                    if isinstance(message, str):
                        await send({"type": "websocket.send", "text": message})
                    else:
                        await send({"type": "websocket.send", "bytes": message})
                except Exception:  # noqa: BLE001  servers raise classes of their own here (ASGI: "an OSError"; uvicorn: not)
                    self._browser_gone = True
                    await socket.close(GOING_AWAY)
        except ConnectionClosed as closed:
            if self._browser_gone:
                return
            code, reason = code_for_browser(closed)
        await self._close_browser(code, reason)

    async def upward(self) -> None:
        """Browser to upstream."""
        socket, receive = self._socket, self._receive
        try:
            while True:
                message = await receive()
                if message["type"] == "websocket.disconnect":
                    self._browser_gone = True
                    code = message.get("code")
                    code = GOING_AWAY if code is None else code
                    await socket.close(*code_for_upstream(code, message.get("reason") or ""))
                    return
                data = message.get("bytes")
                if data is None:
                    data = message.get("text") or ""
                if self._limit is not None and len(data) > self._limit:
                    await socket.close(1009, "message too big")
                    return
                await socket.send(data)
        except ConnectionClosed:
            return

    async def _close_browser(self, code: int, reason: str) -> None:
        try:
            await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except Exception:  # noqa: BLE001  the browser went at the same moment; see above
            self._browser_gone = True
