"""What the blocking and the asynchronous client have in common: how they are built and derived from each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from fluxlit_client.configuration import DEFAULT_RETRIES, ClientConfiguration, library_timeout, resolve_base_url
from fluxlit_client.errors import ApiClientClosedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fluxlit_client.client_options import RetryOptions, TimeoutOptions
    from fluxlit_client.endpoints.routes import HasRoutes
    from fluxlit_client.http_library import httpx
    from fluxlit_client.request_options import AuthHeaderFactory

__all__ = ("ClientBase",)


class ClientBase:
    """Settings of a client.

    Args:
        base_url: ``http(s)://host[:port][/prefix]`` or ``http+unix://<percent-encoded socket path>[/prefix]``. Default:
            the environment's ``FLUXLIT_INTERNAL_API_BASE`` (FluxLit sets it for its pages), else
            ``http://127.0.0.1:8000/api``.
        timeout: Seconds that connecting, and each wait for the next bytes, may take; `TimeoutOptions` for each apart;
            ``None`` waits for ever.
        retries: When a request is tried again. Default: up to twice more, for methods that may be repeated, after
            connection errors and 502, 503, 504. `NO_RETRIES` turns it off.
        default_headers: Sent with every request.
        auth_header_factory: Called for each request; its headers win over ``default_headers``.
        propagate_request_id: Send the current request id (see `fluxlit_client.correlation`) as ``X-Request-ID``, unless
            the request has that header already.
        request_id: Where that id comes from instead of the context variable.
        keep_cookies: Send back the cookies that the API sets. Off by default: a client that several users share would
            send one user's cookies for another.
        app: The application whose endpoint functions `call` takes: a FastAPI object, or anything with ``routes``.

    Raises:
        InvalidBaseUrlError: The base URL is none.
    """

    def __init__(  # noqa: PLR0913 - one keyword for each documented option
        self,
        base_url: str | None = None,
        *,
        timeout: float | TimeoutOptions | httpx.Timeout | None = 30.0,
        retries: RetryOptions = DEFAULT_RETRIES,
        default_headers: Mapping[str, str] | None = None,
        auth_header_factory: AuthHeaderFactory | None = None,
        propagate_request_id: bool = False,
        request_id: Callable[[], str | None] | None = None,
        keep_cookies: bool = False,
        app: HasRoutes | None = None,
    ) -> None:
        self._adopt(
            ClientConfiguration(
                base=resolve_base_url(base_url),
                timeout=library_timeout(timeout),
                retries=retries,
                default_headers=dict(default_headers or {}),
                auth_header_factory=auth_header_factory,
                propagate_request_id=propagate_request_id,
                request_id=request_id,
                keep_cookies=keep_cookies,
                app=app,
            )
        )

    @classmethod
    def for_fluxlit(
        cls,
        *,
        bearer_token: str | None = None,
        auth_header_factory: AuthHeaderFactory | None = None,
        base_url: str | None = None,
        timeout: float | TimeoutOptions | httpx.Timeout | None = 30.0,
        default_headers: Mapping[str, str] | None = None,
        propagate_request_id: bool = False,
        app: HasRoutes | None = None,
    ) -> Self:
        """A client of the FluxLit application that this process belongs to.

        Raises:
            TypeError: Both ``bearer_token`` and ``auth_header_factory`` are given.
        """
        if bearer_token is not None and auth_header_factory is not None:
            raise TypeError("give bearer_token= or auth_header_factory=, not both")
        client = cls(
            base_url,
            timeout=timeout,
            default_headers=default_headers,
            auth_header_factory=auth_header_factory,
            propagate_request_id=propagate_request_id,
            app=app,
        )
        return client if bearer_token is None else client.with_bearer(bearer_token)

    def with_bearer(self, token: str) -> Self:
        """A client like this one that sends ``Authorization: Bearer <token>`` (RFC 6750 section 2.1) as well."""
        own = self._configuration
        return self.__class__(
            own.base.text,
            timeout=own.timeout,
            retries=own.retries,
            default_headers=own.default_headers,
            auth_header_factory=own.bearer_factory(token),
            propagate_request_id=own.propagate_request_id,
            request_id=own.request_id,
            keep_cookies=own.keep_cookies,
            app=own.app,
        )

    @property
    def base_url(self) -> str:
        """The base URL as it was given, without trailing slashes."""
        return self._configuration.base.text

    def _adopt(self, configuration: ClientConfiguration) -> None:
        self._configuration = configuration
        self._closed = False

    def _check_open(self) -> None:
        if self._closed:
            raise ApiClientClosedError(self._configuration.base.shown)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._configuration.base.shown}>"
