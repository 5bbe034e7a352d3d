"""What can go wrong, as one small tree.

    ApiError
    ├── ApiConnectionError       no answer: refused, reset, broken off (also the HTTP library's own error)
    ├── ApiTimeoutError          no answer in time (also the library's ``TimeoutException``)
    ├── ApiStatusError           an answer whose status is not 2xx (also the library's ``HTTPStatusError``)
    │   └── ApiValidationError   FastAPI's 422, with the fields that it names
    ├── ApiStreamError           a stream that holds what it should not
    ├── ApiClientClosedError     a client was used after ``close()``
    ├── EndpointNotFoundError    ``call()`` with a function that the app does not serve
    ├── EndpointArgumentError    ``call()`` with a wrong, unknown or missing argument
    ├── InvalidBaseUrlError      a base URL that is none
    └── InvalidPathError         a path that would leave the API

An error that the HTTP library has a class for is an instance of that very class too (a refused connection is an
``ApiConnectionError`` and an ``httpx2.ConnectError``), so code that catches the library's errors keeps working.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeVar, cast

from fluxlit_client.correlation import REQUEST_ID_HEADER
from fluxlit_client.http_library import httpx
from fluxlit_client.problems import FieldError, ProblemDetail, read_field_errors, read_problem

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = (
    "ApiClientClosedError",
    "ApiConnectionError",
    "ApiError",
    "ApiStatusError",
    "ApiStreamError",
    "ApiTimeoutError",
    "ApiValidationError",
    "EndpointArgumentError",
    "EndpointNotFoundError",
    "InvalidBaseUrlError",
    "InvalidPathError",
    "raise_for_status",
    "translated",
)

_E = TypeVar("_E", bound=httpx.RequestError)


class ApiError(Exception):
    """Base of every error that this package raises."""


class ApiConnectionError(ApiError, httpx.RequestError):
    """The API could not be reached, or the connection broke before the answer was complete."""


class ApiTimeoutError(ApiError, httpx.TimeoutException):
    """The API did not answer within the client's time limits."""


class ApiStatusError(ApiError, httpx.HTTPStatusError):
    """The API answered with a status that is not 2xx.

    Attributes:
        status: The status.
        problem: What the answer says about it.
        request_id: The id under which the API's logs have the request, or ``None``.
        response: The library's response, already read.
    """

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.problem: ProblemDetail = read_problem(response)
        self.request_id: str | None = response.headers.get(REQUEST_ID_HEADER) or response.request.headers.get(
            REQUEST_ID_HEADER
        )
        message = f"{_described(response.request)} answered {self.status} {self.problem.title}"
        if self.problem.detail:
            message += f": {self.problem.detail}"
        if self.request_id:
            message += f" (request id {self.request_id})"
        super().__init__(message, request=response.request, response=response)


class ApiValidationError(ApiStatusError):
    """FastAPI refused the request's data.

    Attributes:
        fields: What it complains about, in its order.
    """

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(response)
        self.fields: tuple[FieldError, ...] = read_field_errors(response)
        self.args = (f"{self} - " + "; ".join(f"{field.name}: {field.message}" for field in self.fields),)

    @property
    def messages(self) -> Mapping[str, str]:
        """The first message of each field, by the field's dotted name: what a form shows beside its inputs."""
        return {field.name: field.message for field in reversed(self.fields)}


class ApiStreamError(ApiError, ValueError):
    """A stream holds what it should not: broken JSON, or a line without end."""


class ApiClientClosedError(ApiError, RuntimeError):
    """A client was used after it had been closed."""

    def __init__(self, base_url: str) -> None:
        super().__init__(f"the client of {base_url!r} is closed: build another one (it is cheap)")


class EndpointNotFoundError(ApiError, LookupError):
    """The app of the client does not serve the function given to ``call()``, or not in a way that can be called."""


class EndpointArgumentError(ApiError, TypeError):
    """An argument of ``call()`` is wrong, unknown or missing; nothing has been sent.

    Attributes:
        parameter: Name of the endpoint's parameter.
    """

    def __init__(self, endpoint: str, parameter: str, reason: str) -> None:
        super().__init__(f"cannot call {endpoint}(): parameter {parameter!r} {reason}")
        self.parameter = parameter


class InvalidBaseUrlError(ApiError, ValueError):
    """The base URL cannot be used."""

    def __init__(self, base_url: str, reason: str) -> None:
        super().__init__(f"cannot use the base URL {base_url!r}: {reason}")
        self.base_url = base_url


class InvalidPathError(ApiError, ValueError):
    """The path would leave the API, or cannot be sent."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"cannot request the path {path!r}: {reason}")
        self.path = path


def raise_for_status(response: httpx.Response) -> httpx.Response:
    """Return a response whose status is 2xx.

    Raises:
        ApiStatusError: The status is another one; FastAPI's 422 as `ApiValidationError`.
    """
    if response.is_success:
        return response
    raise ApiValidationError(response) if read_field_errors(response) else ApiStatusError(response)


def translated(error: httpx.RequestError, request: httpx.Request) -> ApiConnectionError | ApiTimeoutError:
    """The error of this package for one of the HTTP library's; raise it ``from`` that one."""
    reason = str(error) or type(error).__name__
    message = f"{_described(request)} failed: {reason}"
    if isinstance(error, httpx.TimeoutException):
        return _also(ApiTimeoutError, type(error))(message, request=request)
    return _also(ApiConnectionError, type(error))(message, request=request)


@cache
def _also(own: type[_E], library: type[httpx.RequestError]) -> type[_E]:
    both = type(own.__name__, (own, library), {"__module__": own.__module__, "__doc__": own.__doc__})
    return cast("type[_E]", both)


def _described(request: httpx.Request) -> str:
    # Neither the query nor user:password@ belongs into logs and error messages.
    return f"{request.method} {request.url.copy_with(query=None, fragment=None, userinfo=b'')}"
