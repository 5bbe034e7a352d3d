"""Calls by endpoint: the application's own functions, called over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from fluxlit_client.blocking.streams import Streams
from fluxlit_client.endpoints.binding import bind
from fluxlit_client.endpoints.encoding import encode
from fluxlit_client.endpoints.operations import Operation, operation_of
from fluxlit_client.endpoints.results import ResultKind
from fluxlit_client.errors import raise_for_status

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Generator

    from fluxlit_client.request_options import BodyOptions

__all__ = ("EndpointCalls",)

P = ParamSpec("P")
R = TypeVar("R")


class EndpointCalls(Streams):
    """`call` finds an endpoint function in the application that the client was built with (``app=``)."""

    @overload
    def call(self, endpoint: Callable[P, Coroutine[Any, Any, R]], /, *args: P.args, **kwargs: P.kwargs) -> R: ...

    @overload
    def call(self, endpoint: Callable[P, AsyncIterator[R]], /, *args: P.args, **kwargs: P.kwargs) -> Generator[R]: ...

    @overload
    def call(self, endpoint: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R: ...

    def call(self, endpoint: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call an endpoint function of the application over HTTP, with its own arguments and return type.

        Arguments go where FastAPI reads them: path, query, headers, cookies, form, files or body. What is left out
        takes the endpoint's default. For a parameter that the API fills in itself (``Request``, or one annotated with
        ``Depends(...)``) pass `INJECTED`, or use `call_unchecked`.

        Example:
            ```python
            users: list[User] = client.call(list_users, team_id=3)
            ```

        Returns:
            What the function is declared to return, validated; a generator of its items if it is a generator.

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
        return operation.result.read(raise_for_status(self._send(operation.method, path, options)))

    @overload
    def call_unchecked(self, endpoint: Callable[..., Coroutine[Any, Any, R]], /, *args: Any, **kwargs: Any) -> R: ...

    @overload
    def call_unchecked(
        self, endpoint: Callable[..., AsyncIterator[R]], /, *args: Any, **kwargs: Any
    ) -> Generator[R]: ...

    @overload
    def call_unchecked(self, endpoint: Callable[..., R], /, *args: Any, **kwargs: Any) -> R: ...

    def call_unchecked(self, endpoint: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """`call` whose arguments the type checker leaves alone; they are checked when it runs.

        For endpoints with parameters that the API fills in, and for arguments of their dependencies.
        """
        return self.call(endpoint, *args, **kwargs)

    def _items(self, operation: Operation, path: str, options: BodyOptions) -> Generator[Any]:
        if operation.result.kind is ResultKind.EVENTS:
            for event in self.events(path, method=operation.method, **options):
                yield operation.result.read_event(event)
        else:
            yield from self.stream_json(path, operation.result.adapter, method=operation.method, **options)
