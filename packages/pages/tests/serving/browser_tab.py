"""A browser tab's half of Streamlit's protocol: protobuf messages over the WebSocket, every wait bounded."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

if TYPE_CHECKING:
    from collections.abc import Generator

RUN_SECONDS = 60.0


class Run:
    """What one run of the script sent."""

    def __init__(self, messages: list[Any]) -> None:
        self.messages = messages

    @property
    def kinds(self) -> list[str]:
        """The type of each message, in order."""
        return [message.WhichOneof("type") for message in self.messages]

    @property
    def texts(self) -> list[str]:
        """What ``st.text`` showed."""
        elements = [message.delta.new_element for message in self.messages if message.HasField("delta")]
        return [element.text.body for element in elements if element.WhichOneof("type") == "text"]

    def of_kind(self, kind: str) -> list[Any]:
        """The content of each message of a kind."""
        return [getattr(message, kind) for message in self.messages if message.WhichOneof("type") == kind]


class BrowserTab:
    """One open session."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def run(self, *, page: str = "", query: str = "") -> Run:
        """Open a page as a first visit or a reload does, and wait for the end of the run."""
        request = BackMsg()
        request.rerun_script.query_string = query
        request.rerun_script.page_name = page
        self._connection.send(request.SerializeToString())
        return self.next_run()

    def next_run(self) -> Run:
        """Wait for the end of a run that begins by itself."""
        messages: list[Any] = []
        while True:
            message: Any = ForwardMsg()
            message.ParseFromString(self._connection.recv(timeout=RUN_SECONDS))
            messages.append(message)
            # A run that switches to another page ends early, and the next one follows by itself.
            if message.WhichOneof("type") == "script_finished" and message.script_finished == 0:
                return Run(messages)


@contextlib.contextmanager
def open_tab(address: str) -> Generator[BrowserTab]:
    """Connect to the Streamlit server at ``host:port``."""
    with connect(
        f"ws://{address}/_stcore/stream",
        subprotocols=[Subprotocol("streamlit")],
        max_size=None,
        proxy=None,
        open_timeout=RUN_SECONDS,
    ) as connection:
        yield BrowserTab(connection)
