"""Requests by method and path, answered by the library's response or by a model."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, Unpack, cast, overload

from fluxlit_client.client_base import ClientBase
from fluxlit_client.connections.sessions import session_with_cookies, shared_session
from fluxlit_client.decoding import decode, json_body
from fluxlit_client.errors import raise_for_status
from fluxlit_client.exchange.preparation import build_request
from fluxlit_client.exchange.sending import send, streamed

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from pydantic import BaseModel, TypeAdapter

    from fluxlit_client.configuration import ClientConfiguration
    from fluxlit_client.http_library import httpx
    from fluxlit_client.request_options import BodyOptions, RequestOptions

__all__ = ("Requests",)

T = TypeVar("T")


class Requests(ClientBase):
    """Every method takes a path below the base URL and the options of `RequestOptions` or `BodyOptions`.

    Each raises `ApiConnectionError` or `ApiTimeoutError` if there is no answer, `InvalidPathError` if the path would
    leave the API, and `ApiClientClosedError` after ``close()``. Those that return a response return it whatever its
    status; those that return something better raise `ApiStatusError` unless the status is 2xx.
    """

    def _adopt(self, configuration: ClientConfiguration) -> None:
        super()._adopt(configuration)
        self._own_session = session_with_cookies(configuration.base.destination) if configuration.keep_cookies else None

    def request(self, method: str, path: str, **options: Unpack[BodyOptions]) -> httpx.Response:
        """Send a request and return the library's response, its body read."""
        return self._send(method, path, options)

    def get(self, path: str, **options: Unpack[RequestOptions]) -> httpx.Response:
        """GET."""
        return self._send("GET", path, options)

    def head(self, path: str, **options: Unpack[RequestOptions]) -> httpx.Response:
        """HEAD."""
        return self._send("HEAD", path, options)

    def options(self, path: str, **options: Unpack[RequestOptions]) -> httpx.Response:
        """OPTIONS."""
        return self._send("OPTIONS", path, options)

    def delete(self, path: str, **options: Unpack[RequestOptions]) -> httpx.Response:
        """DELETE."""
        return self._send("DELETE", path, options)

    def post(self, path: str, **options: Unpack[BodyOptions]) -> httpx.Response:
        """POST."""
        return self._send("POST", path, options)

    def put(self, path: str, **options: Unpack[BodyOptions]) -> httpx.Response:
        """PUT."""
        return self._send("PUT", path, options)

    def patch(self, path: str, **options: Unpack[BodyOptions]) -> httpx.Response:
        """PATCH."""
        return self._send("PATCH", path, options)

    @overload
    def get_model(self, path: str, model: type[T] | TypeAdapter[T], **options: Unpack[RequestOptions]) -> T: ...

    @overload
    def get_model(self, path: str, model: object, **options: Unpack[RequestOptions]) -> Any: ...

    def get_model(self, path: str, model: object, **options: Unpack[RequestOptions]) -> Any:
        """GET, and validate the answer's JSON.

        Args:
            path: Path below the base URL.
            model: Anything that pydantic validates: a model, ``list[User]``, a dataclass, a ``TypeAdapter``.
            **options: See `RequestOptions`.

        Raises:
            ValidationError: Pydantic's: the answer is not of the model.
        """
        return decode(raise_for_status(self._send("GET", path, options)), model)

    @overload
    def post_model(
        self,
        path: str,
        response_model: type[T] | TypeAdapter[T],
        *,
        body: BaseModel | Mapping[str, Any] | None = None,
        **options: Unpack[BodyOptions],
    ) -> T: ...

    @overload
    def post_model(
        self,
        path: str,
        response_model: object,
        *,
        body: BaseModel | Mapping[str, Any] | None = None,
        **options: Unpack[BodyOptions],
    ) -> Any: ...

    def post_model(
        self,
        path: str,
        response_model: object,
        *,
        body: BaseModel | Mapping[str, Any] | None = None,
        **options: Unpack[BodyOptions],
    ) -> Any:
        """POST, and validate the answer's JSON.

        Args:
            path: Path below the base URL.
            response_model: Anything that pydantic validates.
            body: Sent as JSON.
            **options: See `BodyOptions`.

        Raises:
            TypeError: Both ``body`` and ``json`` are given.
            ValidationError: Pydantic's: the answer is not of the model.
        """
        return decode(raise_for_status(self._send("POST", path, json_body(body, options))), response_model)

    @contextmanager
    def stream(self, method: str, path: str, **options: Unpack[BodyOptions]) -> Generator[httpx.Response]:
        """A response whose body is still to be read, for the length of a ``with`` block.

        Raises:
            ApiStatusError: The status is not 2xx.
        """
        with streamed(self._send(method, path, options, stream=True)) as response:
            yield response

    def _send(self, method: str, path: str, options: RequestOptions, *, stream: bool = False) -> httpx.Response:
        self._check_open()
        options = cast("BodyOptions", options)
        session = self._own_session or shared_session(self._configuration.base.destination)
        request = build_request(session, self._configuration, method=method, path=path, options=options)
        return send(session, request, self._configuration.retries, options=options, stream=stream)
