"""A browser's side of Streamlit's socket, without a browser: opens a session, runs pages, presses buttons.

It speaks the protobuf messages of Streamlit's own classes. A sidecar warms pages with it before it is ready; tests and
benchmarks measure with it.
"""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from websockets.asyncio.client import ClientConnection

__all__ = ("HeadlessBrowser", "button_ids")

_SUBPROTOCOL = Subprotocol("streamlit")


class HeadlessBrowser:
    """One open session. Made by `open`; close it with `close` or use it as an asynchronous context manager."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.session_id = ""

    @classmethod
    async def open(
        cls,
        address: str,
        *,
        base_url_path: str = "",
        headers: Mapping[str, str] | None = None,
        host: str = "",
        session_id: str = "",
    ) -> Self:
        """Connect to the server at `address`.

        Args:
            address: ``unix:/path.sock`` or ``http://host:port``.
            base_url_path: Public path that the pages are under.
            headers: Headers of the handshake.
            host: Public host, where the address is not it.
            session_id: A session to come back to.
        """
        base = base_url_path.strip("/")
        path = f"/{base}/_stcore/stream" if base else "/_stcore/stream"
        host = host or urlsplit(address).netloc or "localhost"
        # Streamlit's browser half puts the XSRF token second and the session to come back to third.
        subprotocols = [_SUBPROTOCOL, Subprotocol("-"), Subprotocol(session_id)] if session_id else [_SUBPROTOCOL]
        return cls(
            await connect(
                f"ws://{host}{path}",
                sock=await _connected_socket(address),
                max_size=None,
                compression=None,
                proxy=None,
                additional_headers=dict(headers or {}),
                subprotocols=subprotocols,
            )
        )

    async def run(self, page: str = "", *, pressed: Iterable[str] = (), query: str = "") -> list[ForwardMsg]:
        """Run a page and return what the server sends until the script has finished.

        Args:
            page: Its URL path without slashes; the default page when empty.
            pressed: Ids of the buttons that count as pressed, see `button_ids`.
            query: The query string of the address, without the question mark.
        """
        await self.ask(page, pressed=pressed, query=query)
        return await self.until_finished()

    async def ask(self, page: str = "", *, pressed: Iterable[str] = (), query: str = "") -> None:
        """Have a page run, as `run`, and wait for nothing."""
        request = BackMsg()
        request.rerun_script.query_string = query
        request.rerun_script.page_name = page
        for widget_id in pressed:
            request.rerun_script.widget_states.widgets.append(WidgetState(id=widget_id, trigger_value=True))
        await self.connection.send(request.SerializeToString())

    async def until_finished(self) -> list[ForwardMsg]:
        """Collect messages until a script has finished."""
        messages: list[ForwardMsg] = []
        while True:
            message = await self.next()
            messages.append(message)
            if message.WhichOneof("type") == "script_finished":
                return messages

    async def next(self) -> ForwardMsg:
        """The next message from the server."""
        data = await self.connection.recv()
        message = ForwardMsg()
        message.ParseFromString(data if isinstance(data, bytes) else data.encode())
        if message.WhichOneof("type") == "new_session":
            self.session_id = message.new_session.initialize.session_id
        return message

    async def close(self) -> None:
        """Leave."""
        await self.connection.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


async def _connected_socket(address: str) -> socket.socket:
    loop = asyncio.get_running_loop()
    if address.startswith("unix:"):
        connected = socket.socket(socket.AF_UNIX)
        connected.setblocking(False)
        try:
            await loop.sock_connect(connected, address.removeprefix("unix:"))
        except BaseException:
            connected.close()
            raise
        return connected
    url = urlsplit(address)
    return await asyncio.to_thread(socket.create_connection, (url.hostname, url.port))


def button_ids(messages: Iterable[ForwardMsg]) -> list[str]:
    """The ids of the buttons among what a run has sent."""
    elements = (message.delta.new_element for message in messages if message.WhichOneof("type") == "delta")
    return [element.button.id for element in elements if element.WhichOneof("type") == "button"]
