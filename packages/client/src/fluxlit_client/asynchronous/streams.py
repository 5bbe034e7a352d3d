"""Answers that come bit by bit, as asynchronous generators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, Unpack, overload

from fluxlit_client.asynchronous.requests import AsyncRequests
from fluxlit_client.streams.json_lines import JsonLines
from fluxlit_client.streams.server_sent_events import EventParser, ServerSentEvent, check_event_stream, event_options

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from pydantic import TypeAdapter

    from fluxlit_client.request_options import BodyOptions

__all__ = ("AsyncStreams",)

T = TypeVar("T")


class AsyncStreams(AsyncRequests):
    """The request is sent when the first item is asked for.

    The stream ends, and the server sees it, when the generator is closed; leave a loop over it early inside
    ``contextlib.aclosing``. Streamlit's ``st.write_stream`` takes an asynchronous generator as well. Each wait for the
    next bytes may take the client's read timeout.
    """

    async def stream_text(
        self, path: str, *, method: str = "GET", **options: Unpack[BodyOptions]
    ) -> AsyncGenerator[str]:
        """The body as pieces of text, as they come, in the encoding that the server names (default UTF-8)."""
        async with self.stream(method, path, **options) as response:
            async for text in response.aiter_text():
                yield text

    @overload
    def stream_json(
        self, path: str, model: type[T] | TypeAdapter[T], *, method: str = "GET", **options: Unpack[BodyOptions]
    ) -> AsyncGenerator[T]: ...

    @overload
    def stream_json(
        self, path: str, model: object = None, *, method: str = "GET", **options: Unpack[BodyOptions]
    ) -> AsyncGenerator[Any]: ...

    async def stream_json(
        self, path: str, model: object = None, *, method: str = "GET", **options: Unpack[BodyOptions]
    ) -> AsyncGenerator[Any]:
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
        async with self.stream(method, path, **options) as response:
            async for chunk in response.aiter_bytes():
                for value in lines.feed(chunk):
                    yield value
            for value in lines.finish():
                yield value

    async def events(
        self, path: str, *, method: str = "GET", last_event_id: str | None = None, **options: Unpack[BodyOptions]
    ) -> AsyncGenerator[ServerSentEvent]:
        """The server-sent events of a ``text/event-stream``.

        For ``st.write_stream`` of the payloads: ``(event.data async for event in client.events(path))``.

        Args:
            path: Path below the base URL.
            method: HTTP method.
            last_event_id: ``id`` of the last event that was seen, to go on from there if the server can.
            **options: See `BodyOptions`.

        Raises:
            ApiStreamError: The answer is no event stream, or an event has no end.
        """
        parser = EventParser()
        async with self.stream(method, path, **event_options(options, last_event_id)) as response:
            check_event_stream(response)
            async for chunk in response.aiter_bytes():
                for event in parser.feed(chunk):
                    yield event
