"""A browser's tab without a browser: Streamlit's protobuf messages over its WebSocket, many tabs in one event loop.

One object is one session: it opens the socket, runs pages, presses buttons and asks for upload addresses. Nothing of
FluxLit is in it: every contestant is asked in the same way.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self, TypeVar

import uvloop
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.typing import Origin, Subprotocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine
    from typing import Any

    from websockets.asyncio.client import ClientConnection

T = TypeVar("T")
RUN_SECONDS = 120.0
OPEN_SECONDS = 30.0
TURN_SECONDS = 300.0


class PageError(RuntimeError):
    """A page showed an exception, or not what it should."""


def in_event_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end, on the faster event loop: the client shares the machine with what it measures.

    Raises:
        TimeoutError: It took longer than `TURN_SECONDS`.
    """
    return uvloop.run(asyncio.wait_for(work, TURN_SECONDS))


class Tab:
    """One session. Made by `open`; close it with `close` or use it as an asynchronous context manager."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._page_hash = ""
        self._widgets: dict[str, str] = {}
        self.session_id = ""

    @classmethod
    async def open(cls, base_url: str, *, cookies: str = "") -> Self:
        """Connect, as the page at `base_url` would.

        Args:
            base_url: ``http://host:port``.
            cookies: A ``Cookie`` header's value.
        """
        return cls(
            await connect(
                f"ws{base_url.removeprefix('http')}/_stcore/stream",
                origin=Origin(base_url),
                additional_headers={"Cookie": cookies} if cookies else {},
                subprotocols=[Subprotocol("streamlit")],
                open_timeout=OPEN_SECONDS,
                max_size=None,
                # Every wait is bounded here; a server at its limit with a hundred sessions may be late with a pong.
                ping_interval=None,
                compression=None,
                proxy=None,
            )
        )

    async def run(self, page: str = "") -> list[ForwardMsg]:
        """Run a page as a first visit does: its URL path without slashes; the default page when empty."""
        request = BackMsg()
        request.rerun_script.query_string = ""
        request.rerun_script.page_name = page
        return await self._ask(request)

    async def press(self, label: str) -> list[ForwardMsg]:
        """Run the page again as a click on this button does.

        Raises:
            PageError: The last run showed no such button.
        """
        if label not in self._widgets:
            raise PageError(f"no button {label!r} on the page; there are {sorted(self._widgets)}")
        request = BackMsg()
        request.rerun_script.page_script_hash = self._page_hash
        state = request.rerun_script.widget_states.widgets.add()
        state.id = self._widgets[label]
        state.trigger_value = True
        return await self._ask(request)

    async def echo(self, size: int) -> None:
        """Send about `size` bytes through Streamlit's own socket and get them back, without a run of the page.

        Streamlit answers a request for upload addresses with the id that the request bore, however long it is.
        """
        request = BackMsg()
        request.file_urls_request.request_id = "x" * size
        request.file_urls_request.session_id = self.session_id
        await self._socket.send(request.SerializeToString())
        async for message in self._messages():
            if message.WhichOneof("type") == "file_urls_response":
                if len(message.file_urls_response.response_id) != size:
                    raise PageError("another answer came back than was asked for")
                return

    async def upload_path(self, file_name: str) -> str:
        """Where this tab's uploader would send a file."""
        request = BackMsg()
        request.file_urls_request.request_id = file_name
        request.file_urls_request.session_id = self.session_id
        request.file_urls_request.file_names.append(file_name)
        await self._socket.send(request.SerializeToString())
        async for message in self._messages():
            if message.WhichOneof("type") == "file_urls_response":
                return message.file_urls_response.file_urls[0].upload_url
        raise PageError("the socket was closed")

    async def _messages(self) -> AsyncIterator[ForwardMsg]:
        while True:
            data = await self._socket.recv()
            message = ForwardMsg()
            message.ParseFromString(data if isinstance(data, bytes) else data.encode())
            yield message

    async def _ask(self, request: BackMsg) -> list[ForwardMsg]:
        await self._socket.send(request.SerializeToString())
        messages: list[ForwardMsg] = []
        async with asyncio.timeout(RUN_SECONDS):
            async for message in self._messages():
                messages.append(message)
                self._note(message)
                if message.WhichOneof("type") == "script_finished":
                    break
        return messages

    def _note(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session_id = message.new_session.initialize.session_id
            self._page_hash = message.new_session.page_script_hash
        elif kind == "navigation":
            self._page_hash = message.navigation.page_script_hash
        elif kind == "delta":
            element = message.delta.new_element
            shown = element.WhichOneof("type")
            if shown == "button":
                self._widgets[element.button.label] = element.button.id
            elif shown == "exception":
                raise PageError(f"the page raised {element.exception.type}: {element.exception.message}")

    async def close(self) -> None:
        """Leave."""
        await self._socket.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
