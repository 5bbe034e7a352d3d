"""From an answer to the return type of the endpoint function."""

from __future__ import annotations

import collections.abc
import inspect
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, ForwardRef, get_args, get_origin, get_type_hints

from pydantic import PydanticSchemaGenerationError, TypeAdapter, ValidationError

from fluxlit_client.errors import EndpointNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_client.endpoints.routes import ApiRoute
    from fluxlit_client.http_library import httpx
    from fluxlit_client.streams.server_sent_events import ServerSentEvent

__all__ = ("Result", "ResultKind", "result_of")

_STREAMS = (
    collections.abc.AsyncIterable,
    collections.abc.AsyncIterator,
    collections.abc.AsyncGenerator,
    collections.abc.Iterable,
    collections.abc.Iterator,
    collections.abc.Generator,
)


class ResultKind(Enum):
    """How the endpoint answers."""

    WHOLE = "whole"
    JSON_LINES = "JSON lines"
    EVENTS = "server-sent events"


@dataclass(frozen=True, slots=True)
class Result:
    """What becomes of an answer: validated as a whole, or item by item if the endpoint is a generator."""

    kind: ResultKind
    adapter: TypeAdapter[Any]

    def read(self, response: httpx.Response) -> object:
        """The endpoint's return value.

        Raises:
            ValidationError: Pydantic's: the answer is not of the return type.
        """
        try:
            if not response.content:
                return self.adapter.validate_python(None)
            if _is_json(response):
                # A route may answer with field names instead of aliases (response_model_by_alias=False).
                return self.adapter.validate_json(response.content, by_alias=True, by_name=True)
            try:
                return self.adapter.validate_python(response.text)
            except ValidationError:
                return self.adapter.validate_python(response.content)
        except ValidationError as error:
            error.add_note(f"in the answer to {response.request.method} {response.request.url.path}")
            raise

    def read_event(self, event: ServerSentEvent) -> object:
        """One item of an endpoint that streams events: FastAPI sends each as JSON.

        Raises:
            ValidationError: Pydantic's: the item is not of the return type.
        """
        return event if self.adapter is _ANY_EVENT else self.adapter.validate_json(event.data)


_ANY_EVENT: Final[TypeAdapter[Any]] = TypeAdapter(Any)


def result_of(route: ApiRoute, *, name: str, path: str) -> Result:
    """How to read the answers of a route.

    Raises:
        EndpointNotFoundError: Its return type is a response, or nothing that can be read from one.
    """
    annotation = _return_annotation(route, name)
    kind = ResultKind.WHOLE
    if get_origin(annotation) in _STREAMS and _is_generator(route.endpoint):
        kind = ResultKind.EVENTS if getattr(route, "is_sse_stream", False) else ResultKind.JSON_LINES
        annotation = get_args(annotation)[0]
        if kind is ResultKind.EVENTS and getattr(annotation, "__name__", "") == "ServerSentEvent":
            # The endpoint builds its events itself; their payload need not be JSON.
            return Result(kind, _ANY_EVENT)
    elif annotation is inspect.Signature.empty or annotation is Any:
        annotation = route.response_model if route.response_model is not None else Any
    try:
        return Result(kind, TypeAdapter(annotation))
    except (PydanticSchemaGenerationError, TypeError) as error:
        # A response class, for one: it says how to send, not what comes.
        raise EndpointNotFoundError(
            f"cannot call {name}(): its return type {annotation!r} cannot be read from an answer; request the path "
            f"{path!r} with get(), stream_text() or download() instead"
        ) from error


def _return_annotation(route: ApiRoute, name: str) -> Any:
    try:
        hints = get_type_hints(inspect.unwrap(route.endpoint), include_extras=True)
    except NameError as error:
        if route.response_model is not None and not isinstance(route.response_model, ForwardRef | str):
            return route.response_model
        raise EndpointNotFoundError(
            f"cannot call {name}(): its annotations name {error.name!r}, which is imported for type checkers only"
        ) from error
    return hints.get("return", inspect.Signature.empty)


def _is_generator(endpoint: Callable[..., Any]) -> bool:
    function = inspect.unwrap(endpoint)
    return inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)


def _is_json(response: httpx.Response) -> bool:
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")
