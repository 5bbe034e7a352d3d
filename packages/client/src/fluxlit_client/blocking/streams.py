"""Answers that come bit by bit, as generators: they go straight into ``st.write_stream``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, Unpack, overload

from fluxlit_client.blocking.requests import Requests
from fluxlit_client.streams.json_lines import JsonLines
from fluxlit_client.streams.server_sent_events import EventParser, ServerSentEvent, check_event_stream, event_options

if TYPE_CHECKING:
    from collections.abc import Generator

    from pydantic import TypeAdapter

    from fluxlit_client.request_options import BodyOptions

__all__ = ("Streams",)

T = TypeVar("T")


class Streams(Requests):
    """The request is sent when the first item is asked for.

    The stream ends, and the server sees it, when the generator is closed or collected: when a page is left, Streamlit's
    own exceptions pass through it and do just that. Each wait for the next bytes may take the client's read timeout.
    """

    def stream_text(self, path: str, *, method: str = "GET", **options: Unpack[BodyOptions]) -> Generator[str]:
        """The body as pieces of text, as they come, in the encoding that the server names (default UTF-8)."""
        with self.stream(method, path, **options) as response:
            yield from response.iter_text()

    @overload
    def stream_json(
        self, path: str, model: type[T] | TypeAdapter[T], *, method: str = "GET", **options: Unpack[BodyOptions]
    ) -> Generator[T]: ...

    @overload
    def stream_json(
        self, path: str, model: object = None, *, method: str = "GET", **options: Unpack[BodyOptions]
    ) -> Generator[Any]: ...

    def stream_json(
        self, path: str, model: object = None, *, method: str = "GET", **options: Unpack[BodyOptions]
    ) -> Generator[Any]:
        """The values of a body that has one JSON value on each line (NDJSON, JSON Lines).

        Args:
            path: Path below the base URL.
            model: What each value is validated as, if anything.
            method: HTTP method.
            **options: See `BodyOptions`.

        Raises:
            ApiStreamError: A line is not JSON, or has no end.
            ValidationError: Pydantic's: a value is not of the model.
        """
        lines = JsonLines(model)
        with self.stream(method, path, **options) as response:
            for chunk in response.iter_bytes():
                yield from lines.feed(chunk)
            yield from lines.finish()

    def events(
        self, path: str, *, method: str = "GET", last_event_id: str | None = None, **options: Unpack[BodyOptions]
    ) -> Generator[ServerSentEvent]:
        """The server-sent events of a ``text/event-stream``.

        For ``st.write_stream`` of the payloads: ``(event.data for event in client.events(path))``.

        Args:
            path: Path below the base URL.
            method: HTTP method.
            last_event_id: ``id`` of the last event that was seen, to go on from there if the server can.
            **options: See `BodyOptions`.

        Raises:
            ApiStreamError: The answer is no event stream, or an event has no end.
        """
        parser = EventParser()
        with self.stream(method, path, **event_options(options, last_event_id)) as response:
            check_event_stream(response)
            for chunk in response.iter_bytes():
                yield from parser.feed(chunk)
