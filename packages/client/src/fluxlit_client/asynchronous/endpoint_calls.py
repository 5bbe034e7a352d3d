"""Calls by endpoint: the application's own functions, awaited over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from fluxlit_client.asynchronous.streams import AsyncStreams
from fluxlit_client.endpoints.binding import bind
from fluxlit_client.endpoints.encoding import encode
from fluxlit_client.endpoints.operations import Operation, operation_of
from fluxlit_client.endpoints.results import ResultKind
from fluxlit_client.errors import raise_for_status

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterator

    from fluxlit_client.request_options import BodyOptions

__all__ = ("AsyncEndpointCalls",)

P = ParamSpec("P")
R = TypeVar("R")


class AsyncEndpointCalls(AsyncStreams):
    """`call` finds an endpoint function in the application that the client was built with (``app=``)."""

    @overload
    async def call(self, endpoint: Callable[P, Coroutine[Any, Any, R]], /, *args: P.args, **kwargs: P.kwargs) -> R: ...

    @overload
    async def call(
        self, endpoint: Callable[P, AsyncIterator[R]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncGenerator[R]: ...

    @overload
    async def call(
        self, endpoint: Callable[P, Iterator[R]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncGenerator[R]: ...

    @overload
    async def call(self, endpoint: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R: ...

    async def call(self, endpoint: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call an endpoint function of the application over HTTP, with its own arguments and return type.

        As `EndpointCalls.call`, awaited: ``users = await client.call(list_users, team_id=3)``.

        Returns:
            What the function is declared to return, validated; an asynchronous generator of its items if it is a
            generator.

        Raises:
            EndpointNotFoundError: The application does not serve the function, or its answer cannot be read.
            EndpointArgumentError: An argument is wrong, unknown or missing; nothing has been sent.
            ApiStatusError: The status is not 2xx.
            ValidationError: Pydantic's: the answer is not of the return type.
        """
        operation = operation_of(self._configuration.app, endpoint)
        path, options = encode(operation, bind(operation, args, kwargs))
        if operation.result.kind is not ResultKind.WHOLE:
            return self._items(operation, path, options)
        return operation.result.read(raise_for_status(await self._send(operation.method, path, options)))

    @overload
    async def call_unchecked(
        self, endpoint: Callable[..., Coroutine[Any, Any, R]], /, *args: Any, **kwargs: Any
    ) -> R: ...

    @overload
    async def call_unchecked(
        self, endpoint: Callable[..., AsyncIterator[R]], /, *args: Any, **kwargs: Any
    ) -> AsyncGenerator[R]: ...

    @overload
    async def call_unchecked(
        self, endpoint: Callable[..., Iterator[R]], /, *args: Any, **kwargs: Any
    ) -> AsyncGenerator[R]: ...

    @overload
    async def call_unchecked(self, endpoint: Callable[..., R], /, *args: Any, **kwargs: Any) -> R: ...

    async def call_unchecked(self, endpoint: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """`call` whose arguments the type checker leaves alone; they are checked when it runs.

        For endpoints with parameters that the API fills in, and for arguments of their dependencies.
        """
        return await self.call(endpoint, *args, **kwargs)

    async def _items(self, operation: Operation, path: str, options: BodyOptions) -> AsyncGenerator[Any]:
        if operation.result.kind is ResultKind.EVENTS:
            async for event in self.events(path, method=operation.method, **options):
                yield operation.result.read_event(event)
        else:
            async for item in self.stream_json(path, operation.result.adapter, method=operation.method, **options):
                yield item
