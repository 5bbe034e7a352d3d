"""What can go wrong, as one small tree.

ApiError
├── ApiConnectionError       no answer: refused, reset, broken off (also the HTTP library's own error)
├── ApiTimeoutError          no answer in time (also the library's ``TimeoutException``)
├── ApiStatusError           an answer with a 4xx or 5xx status (also the library's ``HTTPStatusError``)
│   └── ApiValidationError   FastAPI's 422, with the fields it complains about
├── ApiClientClosedError     a client was used after ``close()``
├── InvalidBaseUrlError      a base URL that is none
└── InvalidPathError         a path that would leave the API
"""

from __future__ import annotations

__all__ = ("ApiClientClosedError", "ApiError", "InvalidBaseUrlError", "InvalidPathError")


class ApiError(Exception):
    """Base of every error that this package raises."""


class ApiClientClosedError(ApiError, RuntimeError):
    """A client was used after it had been closed."""

    def __init__(self, base_url: str) -> None:
        super().__init__(f"the client of {base_url!r} is closed: build another one (it is cheap)")


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
