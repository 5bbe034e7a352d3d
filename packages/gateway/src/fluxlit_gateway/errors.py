"""Everything this package raises or answers with.

    GatewayError
    ├── GatewayConfigurationError   at start: an option, address or upstream that cannot work
    └── ProxyError                  at run time: carries the HTTP answer it becomes
        ├── BadRequestError             400  a request that must not be passed on
        ├── ForbiddenError              403  a page of another origin
        ├── BodyTooLargeError           413  more than the limit (``fluxlit_gateway.body_limit``)
        ├── UpstreamBrokenError         502  reset, or not HTTP
        │   └── UpstreamRefusedError        502  nobody listens there
        ├── UpstreamBusyError           503  a limit of this gateway is reached
        ├── NoUpstreamError             503  nothing serves the UI at the moment
        └── UpstreamTimeoutError        504  connect or read timeout

A ``ProxyError`` never reaches the ASGI server: the gateway turns it into its answer.
"""

__all__ = (
    "BadRequestError",
    "BodyTooLargeError",
    "ForbiddenError",
    "GatewayConfigurationError",
    "GatewayError",
    "NoUpstreamError",
    "ProxyError",
    "UpstreamBrokenError",
    "UpstreamBusyError",
    "UpstreamRefusedError",
    "UpstreamTimeoutError",
)


class GatewayError(Exception):
    """Base class of every error of this package."""


class GatewayConfigurationError(GatewayError, ValueError):
    """An option, an address or an upstream cannot work; the message names it, its value and the remedy."""


class ProxyError(GatewayError):
    """A request cannot be answered by its upstream.

    Attributes:
        status: The HTTP status that the client gets.
        retry_after: Seconds for a ``Retry-After`` header, or ``None`` for no such header.
    """

    status: int = 502
    retry_after: int | None = None


class BadRequestError(ProxyError):
    """The request itself must not be passed on (control characters, dot segments)."""

    status = 400


class BodyTooLargeError(ProxyError):
    """The request body is larger than the limit."""

    status = 413


class ForbiddenError(ProxyError):
    """The request comes from a page of an origin that is neither this one nor allowed."""

    status = 403


class UpstreamBrokenError(ProxyError):
    """The upstream broke the connection or did not speak HTTP."""

    status = 502


class UpstreamRefusedError(UpstreamBrokenError):
    """Nobody listens at the target's address: it has just gone, or is not there yet."""


class UpstreamBusyError(ProxyError):
    """A limit on upstream requests or connections is reached."""

    status = 503
    retry_after = 1


class NoUpstreamError(ProxyError):
    """No target can serve now: starting, restarting, failed or stopped."""

    status = 503
    retry_after = 2


class UpstreamTimeoutError(ProxyError):
    """The upstream did not connect or answer in time."""

    status = 504
