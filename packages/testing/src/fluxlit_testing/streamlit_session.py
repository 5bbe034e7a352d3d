"""A browser tab's half of Streamlit's protocol, without a browser: protobuf messages over the WebSocket.

The messages are Streamlit's own classes (`streamlit.proto`). One session is one tab: it connects to `/_stcore/stream`,
asks for runs of the script and collects what the page shows. For load, recovery and timing; what a person sees is a
browser's business.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from fluxlit_testing.errors import WaitTimeoutError

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import TracebackType

    from websockets.sync.client import ClientConnection

__all__ = ("RUN_SECONDS", "ScriptRun", "StreamlitSession")

RUN_SECONDS = 60.0
_FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


@dataclass
class ScriptRun:
    """What one run of the script sent.

    Attributes:
        messages: Every message from the start of the run to its end.
    """

    messages: list[ForwardMsg] = field(default_factory=list[ForwardMsg])

    @property
    def texts(self) -> list[str]:
        """Headings, texts, alerts and errors, in the order in which they came."""
        found: list[str] = []
        for message in self.messages:
            element = message.delta.new_element
            kind = element.WhichOneof("type") if message.HasField("delta") else None
            if kind in {"heading", "markdown", "text", "alert", "code"}:
                shown = getattr(element, kind)
                found.append(shown.body if kind != "code" else shown.code_text)
            elif kind == "exception":
                found.append(f"{element.exception.type}: {element.exception.message}")
        return found

    def widget_id(self, label: str) -> str:
        """The id of the button with this label.

        Raises:
            LookupError: The run showed no such button.
        """
        for message in self.messages:
            button = message.delta.new_element.button
            if button.label == label:
                return button.id
        raise LookupError(f"no button {label!r} in this run; it showed {self.texts}")


class StreamlitSession:
    """One tab, connected. Use it as a context manager."""

    def __init__(self, ws_url: str, *, origin: str | None = None, headers: dict[str, str] | None = None) -> None:
        """Open the WebSocket.

        Args:
            ws_url: `ws://host:port` and the mount, without `/_stcore/stream`.
            origin: The `Origin` header; default: the page's own, as a browser would send it.
            headers: Further request headers, such as `Cookie`.

        Raises:
            websockets.exceptions.InvalidStatus: The upgrade was refused.
        """
        own = "http" + ws_url.removeprefix("ws")
        scheme, _, rest = own.partition("://")
        self._open = contextlib.ExitStack()
        opening = connect(
            f"{ws_url}/_stcore/stream",
            origin=origin if origin is not None else f"{scheme}://{rest.partition('/')[0]}",  # pyright: ignore[reportArgumentType] - websockets types it as a NewType of str
            additional_headers=headers,
            subprotocols=["streamlit"],  # pyright: ignore[reportArgumentType] - as above
            max_size=None,
            proxy=None,
        )
        self._socket: ClientConnection = self._open.enter_context(opening)
        self.page_hash = ""
        self.session_id = ""
        self._fragments: dict[str, str] = {}
        """Of the buttons in fragments: whose they are."""

    def run(self, *, query: str = "", page: str = "", timeout: float = RUN_SECONDS) -> ScriptRun:
        """Run the script as a first visit or a reload does.

        Args:
            query: The query string, without `?`.
            page: The page's URL path, such as `reports`; empty for the default page.
            timeout: Seconds for the whole run.
        """
        request = BackMsg()
        request.rerun_script.query_string = query
        request.rerun_script.page_name = page
        request.rerun_script.page_script_hash = self.page_hash
        return self._ask(request, timeout)

    def click(self, widget_id: str, *, timeout: float = RUN_SECONDS) -> ScriptRun:
        """Run the script as a click on a button does; of one in a fragment, the fragment alone."""
        request = BackMsg()
        state = request.rerun_script.widget_states.widgets.add()
        state.id = widget_id
        state.trigger_value = True
        request.rerun_script.page_script_hash = self.page_hash
        request.rerun_script.fragment_id = self._fragments.get(widget_id, "")
        return self._ask(request, timeout)

    def upload_path(self, file_name: str, *, timeout: float = RUN_SECONDS) -> str:
        """Where `st.file_uploader` of this tab would send a file: a path, with the mount, to PUT a form to."""
        request = BackMsg()
        request.file_urls_request.request_id = file_name
        request.file_urls_request.session_id = self.session_id
        request.file_urls_request.file_names.append(file_name)
        self._socket.send(request.SerializeToString())
        for message in self._messages(timeout):
            if message.WhichOneof("type") == "file_urls_response":
                return message.file_urls_response.file_urls[0].upload_url
        raise WaitTimeoutError(f"no upload URL within {timeout} s")

    def _messages(self, timeout: float) -> Generator[ForwardMsg]:
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            try:
                data = self._socket.recv(timeout=left)
            except TimeoutError:
                return
            message = ForwardMsg()
            message.ParseFromString(data if isinstance(data, bytes) else data.encode())
            yield message

    def _ask(self, request: BackMsg, timeout: float) -> ScriptRun:
        self._socket.send(request.SerializeToString())
        run = ScriptRun()
        for message in self._messages(timeout):
            run.messages.append(message)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.page_hash = message.new_session.page_script_hash
                self.session_id = message.new_session.initialize.session_id
            elif kind == "navigation":
                # Several pages: which one this tab is on is only known once the script has said so.
                self.page_hash = message.navigation.page_script_hash
            elif kind == "delta" and message.delta.fragment_id:
                self._fragments[message.delta.new_element.button.id] = message.delta.fragment_id
            elif kind == "script_finished" and message.script_finished in _FINISHED:
                return run
        raise WaitTimeoutError(f"the run did not end in {timeout} s; it showed {run.texts}")

    def close(self) -> None:
        """Close the tab."""
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
