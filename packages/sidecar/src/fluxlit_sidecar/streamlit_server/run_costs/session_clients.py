"""Messages to a browser, written where they are made.

Streamlit puts each message into a queue, from which a task of the browser takes it through the layers of the server.
Here messages of a run are written together, at once, as long as the browser takes them. When it does not, and until it
has caught up, they go Streamlit's way, which gives a browser up for which too many wait.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from fluxlit_sidecar.streamlit_server.browser_socket.protocol import EXTENSION
from fluxlit_sidecar.streamlit_server.run_costs.known_code import (
    MARK,
    is_known,
    is_ours,
    leave_alone,
    member,
    namespace,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ("write_to_browsers_directly",)

_MODULE = "streamlit.web.server.starlette.starlette_websocket"
_CLASS = "StarletteSessionClient"
# Bytes after which a write is made although there is more; what does not fit into the socket then waits in the queue.
_ENOUGH = 1 << 16
# fmt: off
_KNOWN = {
    "__init__": (
        "Event", "Queue", "StarletteClientContext", "WEBSOCKET_MAX_SEND_QUEUE_SIZE", "_client_context", "_closed",
        "_send_queue", "_sender", "_sender_task", "_websocket", "asyncio", "create_task",
    ),
    "_sender": (
        "Exception", "WebSocketDisconnect", "_LOGGER", "_closed", "_send_queue", "_websocket", "exception", "get",
        "send_bytes", "set", "starlette.websockets",
    ),
    "write_forward_msg": (
        "QueueFull", "SessionClientDisconnectedError", "_closed", "_send_queue", "asyncio", "is_set", "put_nowait",
        "serialize_forward_msg", "set",
    ),
}
# fmt: on


def write_to_browsers_directly() -> bool:
    """Exchange what the server makes for each browser; whether it was."""
    names = namespace(_MODULE)
    original = names.get(_CLASS)
    if is_ours(original):
        return True
    if not all(is_known(member(original, name), known, known) for name, known in _KNOWN.items()):
        return leave_alone("what writes to a browser")
    names[_CLASS] = _direct_client(original, names)
    return True


def _direct_client(original: Any, names: Mapping[str, Any]) -> type:
    ways = {
        "original": original,
        "gone": names["SessionClientDisconnectedError"],
        "closed": namespace("starlette.websockets")["WebSocketDisconnect"],
        "serialize": staticmethod(names["serialize_forward_msg"]),
        "logger": names["_LOGGER"],
        MARK: True,
    }
    return type("DirectSessionClient", (_DirectWriting, original), ways)


class _DirectWriting:
    """What a browser's client does otherwise; behind a server without a `BrowserSocket` it does what Streamlit's does.

    Attributes:
        is_behind: Whether messages wait for the browser.
    """

    original: ClassVar[Any]
    gone: ClassVar[type[Exception]]
    closed: ClassVar[type[Exception]]
    serialize: ClassVar[Any]
    logger: ClassVar[Any]
    _send_queue: asyncio.Queue[bytes]
    _closed: asyncio.Event
    _websocket: Any

    def __init__(self, websocket: Any) -> None:
        self._socket = websocket.scope.get("extensions", {}).get(EXTENSION)
        self.is_behind = self._socket is None
        self.original.__init__(self, websocket)

    async def _sender(self) -> None:
        try:
            while True:
                await self._websocket.send_bytes(await self._send_queue.get())
                self.is_behind = self._socket is None or not self._send_queue.empty()
        except self.closed:
            pass
        except Exception:
            self.logger.exception("Error sending websocket payload")
        finally:
            self._closed.set()

    def write_forward_msg(self, msg: Any) -> None:
        """Send a message."""
        self._write([self.serialize(msg)])

    def write_together(self, messages: Iterable[Any]) -> None:
        """Send several, which is one write unless they are large."""
        payloads: list[bytes] = []
        size = 0
        for message in messages:
            payload: bytes = self.serialize(message)
            payloads.append(payload)
            size += len(payload)
            if size >= _ENOUGH:
                self._write(payloads)
                payloads, size = [], 0
        self._write(payloads)

    def _write(self, payloads: list[bytes]) -> None:
        if self._closed.is_set():
            raise self.gone
        try:
            if not self.is_behind and self._socket.has_room:
                self._socket.write_together(payloads)
                return
            for payload in payloads:
                self.is_behind = True
                self._send_queue.put_nowait(payload)
        except (OSError, asyncio.QueueFull) as error:
            self._closed.set()
            raise self.gone from error
