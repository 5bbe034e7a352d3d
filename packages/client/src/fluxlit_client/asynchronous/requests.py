"""Requests by method and path, without blocking the event loop."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar, Unpack, cast, overload

from fluxlit_client.client_base import ClientBase
from fluxlit_client.connections.sessions import async_session_with_cookies, shared_async_session
from fluxlit_client.decoding import decode, json_body
from fluxlit_client.errors import raise_for_status
from fluxlit_client.exchange.preparation import build_request
from fluxlit_client.exchange.sending import send_async, streamed_async

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from pydantic import BaseModel, TypeAdapter

    from fluxlit_client.configuration import ClientConfiguration
    from fluxlit_client.http_library import httpx
    from fluxlit_client.request_options import BodyOptions, RequestOptions

__all__ = ("AsyncRequests",)

T = TypeVar("T")


class AsyncRequests(ClientBase):
    """Every method takes a path below the base URL and the options of `RequestOptions` or `BodyOptions`.

    Each raises `ApiConnectionError` or `ApiTimeoutError` if there is no answer, `InvalidPathError` if the path would
    leave the API, and `ApiClientClosedError` after ``aclose()``. Those that return a response return it whatever its
    status; those that return something better raise `ApiStatusError` unless the status is 2xx.
    """

    def _adopt(self, configuration: ClientConfiguration) -> None:
        super()._adopt(configuration)
        self._own_session = (
            async_session_with_cookies(configuration.base.destination) if configuration.keep_cookies else None
        )

    async def request(self, method: str, path: str, **options: Unpack[BodyOptions]) -> httpx.Response:
        """Send a request and return the library's response, its body read."""
        return await self._send(method, path, options)

    async def get(self, path: str, **options: Unpack[RequestOptions]) -> httpx.Response:
        """GET."""
        return await self._send("GET", path, options)

    async def head(self, path: str, **options: Unpack[RequestOptions]) -> httpx.Response:
        """HEAD."""
        return await self._send("HEAD", path, options)

    async def options(self, path: str, **options: Unpack[RequestOptions]) -> httpx.Response:
        """OPTIONS."""
        return await self._send("OPTIONS", path, options)

    async def delete(self, path: str, **options: Unpack[RequestOptions]) -> httpx.Response:
        """DELETE."""
        return await self._send("DELETE", path, options)

    async def post(self, path: str, **options: Unpack[BodyOptions]) -> httpx.Response:
        """POST."""
        return await self._send("POST", path, options)

    async def put(self, path: str, **options: Unpack[BodyOptions]) -> httpx.Response:
        """PUT."""
        return await self._send("PUT", path, options)

    async def patch(self, path: str, **options: Unpack[BodyOptions]) -> httpx.Response:
        """PATCH."""
        return await self._send("PATCH", path, options)

    @overload
    async def get_model(self, path: str, model: type[T] | TypeAdapter[T], **options: Unpack[RequestOptions]) -> T: ...

    @overload
    async def get_model(self, path: str, model: object, **options: Unpack[RequestOptions]) -> Any: ...

    async def get_model(self, path: str, model: object, **options: Unpack[RequestOptions]) -> Any:
        """GET, and validate the answer's JSON.

        Args:
            path: Path below the base URL.
            model: Anything that pydantic validates: a model, ``list[User]``, a dataclass, a ``TypeAdapter``.
            **options: See `RequestOptions`.

        Raises:
            ValidationError: Pydantic's: the answer is not of the model.
        """
        return decode(raise_for_status(await self._send("GET", path, options)), model)

    @overload
    async def post_model(
        self,
        path: str,
        response_model: type[T] | TypeAdapter[T],
        *,
        body: BaseModel | Mapping[str, Any] | None = None,
        **options: Unpack[BodyOptions],
    ) -> T: ...

    @overload
    async def post_model(
        self,
        path: str,
        response_model: object,
        *,
        body: BaseModel | Mapping[str, Any] | None = None,
        **options: Unpack[BodyOptions],
    ) -> Any: ...

    async def post_model(
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
        return decode(raise_for_status(await self._send("POST", path, json_body(body, options))), response_model)

    @asynccontextmanager
    async def stream(self, method: str, path: str, **options: Unpack[BodyOptions]) -> AsyncGenerator[httpx.Response]:
        """A response whose body is still to be read, for the length of an ``async with`` block.

        Raises:
            ApiStatusError: The status is not 2xx.
        """
        async with streamed_async(await self._send(method, path, options, stream=True)) as response:
            yield response

    async def _send(self, method: str, path: str, options: RequestOptions, *, stream: bool = False) -> httpx.Response:
        self._check_open()
        options = cast("BodyOptions", options)
        session = self._own_session or shared_async_session(self._configuration.base.destination)
        request = build_request(session, self._configuration, method=method, path=path, options=options)
        if stream:
            # The loop may end with the stream, and without shutdown_asyncgens(), which closes the pools: Streamlit's
            # write_stream drives an asynchronous generator like that. A kept connection would never be closed.
            request.headers["Connection"] = "close"
        return await send_async(session, request, self._configuration.retries, options=options, stream=stream)
