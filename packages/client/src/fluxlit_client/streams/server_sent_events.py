"""Server-sent events as the HTML standard reads them (section 9.2.6, "Interpreting an event stream").

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

The HTTP library has a parser of its own. It hands out events without data too, takes anything that ``int()`` takes for
``retry``, and leaves a byte order mark in; the standard says otherwise in each case.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from fluxlit_client.errors import ApiStreamError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxlit_client.http_library import httpx
    from fluxlit_client.request_options import BodyOptions

__all__ = ("MAX_EVENT_CHARACTERS", "EventParser", "ServerSentEvent", "check_event_stream", "event_options")

MAX_EVENT_CHARACTERS: Final = 16 * 1024 * 1024
"""An event larger than this ends the stream with an error, so that a peer which never ends it cannot fill memory."""


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """One event.

    Attributes:
        data: The payload; several ``data`` lines are joined by LF.
        event: The type; ``message`` unless the server names one.
        id: The last id that the server sent, with this event or before it; what to resume from.
        retry: Milliseconds that the server asks to wait before connecting again, if this event came with them.
    """

    data: str
    event: str = "message"
    id: str = ""
    retry: int | None = None

    def json(self) -> Any:
        """The payload read as JSON.

        Raises:
            ValueError: It is not JSON.
        """
        return json.loads(self.data)

    def __str__(self) -> str:
        return self.data


class EventParser:
    """Feeds on bytes and hands out events."""

    def __init__(self, *, max_event_characters: int = MAX_EVENT_CHARACTERS) -> None:
        self._max_event_characters = max_event_characters
        # "Streams must be decoded using the UTF-8 decode algorithm": one BOM dropped, errors replaced.
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._rest = ""
        self._after_cr = False
        self._size = 0
        self._data: list[str] = []
        self._type = ""
        self._last_id = ""
        self._retry: int | None = None

    def feed(self, chunk: bytes) -> Iterator[ServerSentEvent]:
        """The events that ``chunk`` completes.

        Raises:
            ApiStreamError: An event is too large.
        """
        for line in self._lines(self._decoder.decode(chunk)):
            event = self._line(line)
            if event is not None:
                yield event
        if self._size + len(self._rest) > self._max_event_characters:
            raise ApiStreamError(f"a server-sent event is larger than {self._max_event_characters} characters")

    def _lines(self, text: str) -> Iterator[str]:
        # A line ends with CR LF, LF or CR; a CR at the end of a chunk may be the first half of CR LF.
        if self._after_cr and text:
            text = text.removeprefix("\n")
            self._after_cr = False
        if not text:
            return
        self._after_cr = text.endswith("\r")
        *lines, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for line in lines:
            complete, self._rest = self._rest + line, ""
            yield complete
        self._rest += rest

    def _line(self, line: str) -> ServerSentEvent | None:
        if not line:
            return self._dispatch()
        self._size += len(line)
        name, _, value = line.partition(":")
        self._field(name, value.removeprefix(" "))
        return None

    def _field(self, name: str, value: str) -> None:
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._type = value
        elif name == "id" and "\0" not in value:
            self._last_id = value
        elif name == "retry" and value.isascii() and value.isdigit():
            self._retry = int(value)

    def _dispatch(self) -> ServerSentEvent | None:
        event = None
        if self._data:
            event = ServerSentEvent("\n".join(self._data), self._type or "message", self._last_id, self._retry)
            self._retry = None
        self._data, self._type, self._size = [], "", 0
        return event


def event_options(options: BodyOptions, last_event_id: str | None) -> BodyOptions:
    """The options with the headers that a browser's EventSource sends; the caller's own win."""
    own = options.get("headers") or {}
    headers = {"accept": "text/event-stream", "cache-control": "no-store"}
    if last_event_id is not None:
        headers["last-event-id"] = last_event_id
    pairs = own.items() if isinstance(own, Mapping) else own
    given = {name.lower() for name, _ in pairs}
    ours = [(name, value) for name, value in headers.items() if name not in given]
    return cast("BodyOptions", {**options, "headers": [*ours, *pairs]})


def check_event_stream(response: httpx.Response) -> None:
    """Make sure that a response is an event stream.

    Raises:
        ApiStreamError: Its content type is another one.
    """
    content_type = response.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != "text/event-stream":
        raise ApiStreamError(
            f"expected server-sent events from {response.request.url.path}, got {content_type!r}: "
            "use stream_text() or stream_json() for other streams"
        )
